using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Following;

/// <summary>What following changes says in the log (events 3500–3599).</summary>
internal static partial class FollowLog
{
    [LoggerMessage(3500, LogLevel.Information, "Reconciled {Link}: {New} new, {Changed} changed, {Deleted} deleted of {Listed} objects listed", EventName = "Reconciled")]
    public static partial void Reconciled(ILogger logger, string link, long @new, long changed, long deleted, long listed);

    [LoggerMessage(3501, LogLevel.Debug, "Reconciled {Link}: nothing had changed", EventName = "NothingChanged")]
    public static partial void NothingChanged(ILogger logger, string link);

    [LoggerMessage(3502, LogLevel.Warning, "Reconciling {Link} broke off: {Reason}", EventName = "BrokeOff")]
    public static partial void BrokeOff(ILogger logger, string link, string reason);

    [LoggerMessage(3503, LogLevel.Warning, "More events of {Link} arrived than are held; a reconciliation takes their place", EventName = "Overflow")]
    public static partial void Overflow(ILogger logger, string link);

    [LoggerMessage(3504, LogLevel.Warning, "'{Key}' changed in the repository and cannot be looked at: {Reason}", EventName = "KeyFailed")]
    public static partial void KeyFailed(ILogger logger, string key, string reason);
}
