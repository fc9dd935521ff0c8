using Microsoft.Extensions.Logging;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>Messages of the embedded store.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(1, LogLevel.Information, "Opened metadata {Path}: schema {Schema}, {Inodes} inodes")]
    public static partial void Opened(ILogger logger, string path, long schema, long inodes);

    [LoggerMessage(2, LogLevel.Information, "Brought metadata {Path} to schema {Version}: {Name}")]
    public static partial void Migrated(ILogger logger, string path, int version, string name);

    [LoggerMessage(3, LogLevel.Warning, "Checkpoint of metadata {Path} failed; it is tried again, and the log grows meanwhile")]
    public static partial void CheckpointFailed(ILogger logger, Exception error, string path);

    [LoggerMessage(4, LogLevel.Critical, "Flush of metadata {Path} failed: what was committed since the last flush may not be on the disk; no more commits are taken")]
    public static partial void FlushFailed(ILogger logger, Exception error, string path);

    [LoggerMessage(5, LogLevel.Error, "A follower of the change feed failed")]
    public static partial void FollowerFailed(ILogger logger, Exception error);

    [LoggerMessage(6, LogLevel.Warning, "Metadata {Path} cannot reserve numbers ahead of their use")]
    public static partial void ReserveFailed(ILogger logger, Exception error, string path);

    [LoggerMessage(7, LogLevel.Warning, "Metadata {Path} was not closed cleanly")]
    public static partial void CloseFailed(ILogger logger, Exception error, string path);

    [LoggerMessage(8, LogLevel.Warning, "The totals of metadata {Path} could not be counted; they are near only")]
    public static partial void RecountFailed(ILogger logger, Exception error, string path);
}
