using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Import;

/// <summary>What importing says in the log (events 3000–3099).</summary>
internal static partial class ImportLog
{
    [LoggerMessage(EventId = 3000, Message = "Import from {Place} failed: {Reason}", EventName = "Failed")]
    public static partial void Failed(ILogger logger, LogLevel level, string place, string reason);

    [LoggerMessage(3001, LogLevel.Warning, "{Count} keys under '{Prefix}' of link {Link} cannot be names and were left out, such as {Examples}", EventName = "UnmappableKeys")]
    public static partial void UnmappableKeys(ILogger logger, long count, string prefix, string link, string examples);

    [LoggerMessage(3002, LogLevel.Debug, "Listed '{Prefix}' of link {Link}: {Names} names in {Pages} pages", EventName = "Listed")]
    public static partial void Listed(ILogger logger, string prefix, string link, long names, int pages);

    [LoggerMessage(3003, LogLevel.Information, "'{Key}' was {Change} in the repository; the file system follows", EventName = "Followed")]
    public static partial void Followed(ILogger logger, string key, string change);

    [LoggerMessage(3004, LogLevel.Warning, "Looking at content {Content} again failed: {Reason}", EventName = "RefreshFailed")]
    public static partial void RefreshFailed(ILogger logger, long content, string reason);

    [LoggerMessage(3005, LogLevel.Error, "Imported attributes could not be stored: {Reason}", EventName = "CommitFailed")]
    public static partial void CommitFailed(ILogger logger, string reason);
}
