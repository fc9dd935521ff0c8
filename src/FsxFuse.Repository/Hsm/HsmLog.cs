using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Hsm;

/// <summary>What HSM requests say in the log (events 3300–3399).</summary>
internal static partial class HsmLog
{
    [LoggerMessage(3300, LogLevel.Warning, "{Action} of inode {Inode} came to nothing: {Reason}")]
    public static partial void Failed(ILogger logger, HsmAction action, long inode, string reason);

    [LoggerMessage(3301, LogLevel.Error, "A request about inode {Inode} failed unexpectedly and will be tried again")]
    public static partial void Unexpected(ILogger logger, long inode, Exception exception);

    [LoggerMessage(3302, LogLevel.Information, "S3 was asked to restore '{Key}' from {StorageClass} ({Tier}, kept for {Days} days)")]
    public static partial void RestoreRequested(ILogger logger, string key, string storageClass, string tier, int? days);
}
