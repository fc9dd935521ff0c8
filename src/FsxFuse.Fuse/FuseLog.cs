using Microsoft.Extensions.Logging;

namespace FsxFuse.Fuse;

/// <summary>Everything this library logs.</summary>
internal static partial class FuseLog
{
    [LoggerMessage(1, LogLevel.Information, "FUSE {Major}.{Minor} (kernel {KernelMajor}.{KernelMinor}): {Capabilities}, max_write {MaxWrite}, max_pages {MaxPages}")]
    public static partial void Negotiated(ILogger logger, uint major, uint minor, uint kernelMajor, uint kernelMinor, FuseCapabilities capabilities, uint maxWrite, int maxPages);

    [LoggerMessage(2, LogLevel.Error, "FUSE negotiation failed: {Reason}")]
    public static partial void NegotiationFailed(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Error, "{Operation} {Unique} on node {NodeId} threw; answered EIO")]
    public static partial void HandlerThrew(ILogger logger, Exception exception, Opcode operation, ulong unique, ulong nodeId);

    [LoggerMessage(4, LogLevel.Error, "The kernel refused the reply to {Operation} {Unique}: {Error}")]
    public static partial void ReplyRefused(ILogger logger, Opcode operation, ulong unique, Errno error);

    [LoggerMessage(5, LogLevel.Error, "A malformed request of {Length} bytes was ignored")]
    public static partial void MalformedMessage(ILogger logger, int length);

    [LoggerMessage(6, LogLevel.Error, "{Operation} {Unique} is shorter than its arguments ({Length} bytes)")]
    public static partial void ShortRequest(ILogger logger, Opcode operation, ulong unique, int length);

    [LoggerMessage(7, LogLevel.Information, "Session on {MountPoint} ended: {End}")]
    public static partial void SessionEnded(ILogger logger, string mountPoint, SessionEnd end);

    [LoggerMessage(8, LogLevel.Error, "Reading the device failed: {Error}")]
    public static partial void DeviceFailed(ILogger logger, Errno error);

    [LoggerMessage(9, LogLevel.Warning, "{Count} requests were not answered within {Timeout} after the session's end")]
    public static partial void NotDrained(ILogger logger, int count, TimeSpan timeout);

    [LoggerMessage(10, LogLevel.Warning, "Notification {Kind} for node {NodeId} failed: {Error}")]
    public static partial void NotificationFailed(ILogger logger, string kind, ulong nodeId, Errno error);

    [LoggerMessage(11, LogLevel.Warning, "Read-ahead could not be set: {Reason}")]
    public static partial void ReadAheadFailed(ILogger logger, string reason);

    [LoggerMessage(12, LogLevel.Error, "A file system callback threw")]
    public static partial void CallbackThrew(ILogger logger, Exception exception);

    [LoggerMessage(13, LogLevel.Information, "While ending the session: {Reason}")]
    public static partial void EndFailed(ILogger logger, string reason);
}
