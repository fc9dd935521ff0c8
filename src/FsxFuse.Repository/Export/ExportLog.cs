using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Export;

internal static partial class ExportLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Subject} was changed here and in the repository: see the event for what was kept")]
    public static partial void Conflict(ILogger logger, string subject);

    [LoggerMessage(2, LogLevel.Warning, "Export of {Entry} failed ({Attempts} times so far), next try in {Seconds} s: {Message}")]
    public static partial void Deferred(ILogger logger, string entry, int attempts, long seconds, string message);

    [LoggerMessage(3, LogLevel.Error, "Export of {Entry} met an unexpected error; it stays queued")]
    public static partial void Unexpected(ILogger logger, string entry, Exception error);

    [LoggerMessage(4, LogLevel.Error, "The export queue could not be read; trying again")]
    public static partial void QueueUnreadable(ILogger logger, Exception error);

    [LoggerMessage(5, LogLevel.Information, "{Count} uploads that an earlier run left unfinished will be aborted")]
    public static partial void Sweeping(ILogger logger, int count);

    [LoggerMessage(6, LogLevel.Warning, "Unfinished uploads of an earlier run could not be aborted yet: {Message}")]
    public static partial void SweepFailed(ILogger logger, string message);
}
