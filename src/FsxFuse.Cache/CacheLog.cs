using Microsoft.Extensions.Logging;

namespace FsxFuse.Cache;

/// <summary>Everything this part logs.</summary>
internal static partial class CacheLog
{
    [LoggerMessage(1, LogLevel.Warning, "The tier {Directory} is full: content {Content} is served from memory without being kept ({Reason})")]
    internal static partial void TierFull(ILogger logger, string directory, long content, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Content {Content}: bytes {Start} to {End} could not be loaded from {Key}: {Reason}")]
    internal static partial void LoadFailed(ILogger logger, long content, long start, long end, string key, string reason);

    [LoggerMessage(3, LogLevel.Error, "Content {Content}: loaded bytes could not be recorded and will be loaded again after a restart: {Reason}")]
    internal static partial void LoadNotRecorded(ILogger logger, long content, string reason);

    [LoggerMessage(4, LogLevel.Information, "Recovered {Count} contents that were being written")]
    internal static partial void Recovered(ILogger logger, int count);

    [LoggerMessage(5, LogLevel.Error, "Content {Content} of inode {Inode}: its bytes are lost: {Reason}")]
    internal static partial void Lost(ILogger logger, long content, long inode, string reason);

    [LoggerMessage(6, LogLevel.Warning, "The machine went down without a clean stop: unsynced parts of {Count} changed contents were checked")]
    internal static partial void PowerLost(ILogger logger, int count);

    [LoggerMessage(7, LogLevel.Information, "Removed {Count} content files that belong to nothing")]
    internal static partial void Swept(ILogger logger, int count);

    [LoggerMessage(9, LogLevel.Information, "Released contents of the tier {Directory}: {Bytes} bytes given back")]
    internal static partial void Released(ILogger logger, string directory, long bytes);

    [LoggerMessage(10, LogLevel.Warning, "The tier {Directory} is above its mark, and what is left in it is changed, pinned or in use")]
    internal static partial void NothingToRelease(ILogger logger, string directory);

    [LoggerMessage(8, LogLevel.Error, "Work in the background failed and will be tried again: {Reason}")]
    internal static partial void BackgroundFailed(ILogger logger, string reason, Exception exception);
}
