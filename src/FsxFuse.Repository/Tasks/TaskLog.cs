using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Tasks;

internal static partial class TaskLog
{
    [LoggerMessage(1, LogLevel.Error, "Task {Id} failed")]
    public static partial void Failed(ILogger logger, string id, Exception error);
}
