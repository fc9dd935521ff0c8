using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Loading;

/// <summary>What loading says in the log (events 3100–3199).</summary>
internal static partial class LoadingLog
{
    [LoggerMessage(EventId = 3100, Message = "Loading {Length} bytes at {Offset} of '{Key}' failed: {Reason}", EventName = "LoadFailed")]
    public static partial void LoadFailed(ILogger logger, LogLevel level, string key, long offset, int length, string reason);

    [LoggerMessage(3101, LogLevel.Information, "'{Key}' is no longer the object with ETag {ETag} that was imported: {Reason}", EventName = "Stale")]
    public static partial void Stale(ILogger logger, string key, string eTag, string reason);
}
