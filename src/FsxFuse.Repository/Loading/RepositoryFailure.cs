using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Loading;

/// <summary>
/// The one place that says what a failure of a repository is to everybody else: the errno of a system call, how loud it is in the
/// log, and FSx's codes for reports and events.
/// </summary>
public static class RepositoryFailure
{
    /// <summary>No data available: what Lustre answers when a released file's bytes cannot be had from the archive.</summary>
    internal const int ENODATA = 61;

    private const int ENAMETOOLONG = 36;

    private const int EREMOTEIO = 121;

    /// <summary>What the system call that needed the repository returns (a positive Linux errno).</summary>
    public static int GetErrno(ObjectStoreErrorKind kind) => kind switch
    {
        ObjectStoreErrorKind.NotFound or ObjectStoreErrorKind.PreconditionFailed or ObjectStoreErrorKind.RangeNotSatisfiable => Errno.ESTALE,
        ObjectStoreErrorKind.AccessDenied or ObjectStoreErrorKind.BadCredentials or ObjectStoreErrorKind.NoCredentials => Errno.EACCES,
        ObjectStoreErrorKind.Unreachable => Errno.ETIMEDOUT,
        ObjectStoreErrorKind.Throttled or ObjectStoreErrorKind.Unavailable => EREMOTEIO,
        ObjectStoreErrorKind.ArchivedTier => ENODATA,
        ObjectStoreErrorKind.TooLarge => Errno.EFBIG,
        ObjectStoreErrorKind.BadKey => ENAMETOOLONG,
        ObjectStoreErrorKind.NoSpace => Errno.EDQUOT,
        ObjectStoreErrorKind.NotSupported => Errno.EOPNOTSUPP,
        _ => Errno.EIO,
    };

    /// <summary>How loud it is: what passes by itself or is a single file's matter is a warning, what an operator must mend is an error.</summary>
    public static LogLevel GetLogLevel(ObjectStoreErrorKind kind) => kind switch
    {
        ObjectStoreErrorKind.NotFound or ObjectStoreErrorKind.PreconditionFailed or ObjectStoreErrorKind.Conflict => LogLevel.Information,
        ObjectStoreErrorKind.Throttled or ObjectStoreErrorKind.Unavailable or ObjectStoreErrorKind.Unreachable
            or ObjectStoreErrorKind.ArchivedTier or ObjectStoreErrorKind.RangeNotSatisfiable => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    /// <summary>The code of a task's report (FSx for Lustre, "Working with task completion reports").</summary>
    public static string GetTaskCode(ObjectStoreErrorKind kind) => kind switch
    {
        ObjectStoreErrorKind.NotFound => "S3ObjectNotFound",
        ObjectStoreErrorKind.AccessDenied or ObjectStoreErrorKind.BadCredentials or ObjectStoreErrorKind.NoCredentials => "S3AccessDenied",
        ObjectStoreErrorKind.ArchivedTier => "S3ObjectInUnsupportedTier",
        ObjectStoreErrorKind.TooLarge => "FileSizeTooLarge",
        ObjectStoreErrorKind.BadKey => "PathSizeTooLong",
        _ => "S3Error",
    };

    /// <summary>The code of an event about a failed import (FSx's data repository event logs).</summary>
    public static string GetImportEventCode(ObjectStoreErrorKind kind) => kind switch
    {
        ObjectStoreErrorKind.AccessDenied or ObjectStoreErrorKind.BadCredentials or ObjectStoreErrorKind.NoCredentials => "S3ImportAccessDenied",
        ObjectStoreErrorKind.NoSuchBucket => "S3ImportBucketDoesNotExist",
        ObjectStoreErrorKind.ArchivedTier => "S3ImportUnsupportedTierWarning",
        _ => "S3ImportListObjectError",
    };

    /// <summary>The failure for a reader of a file.</summary>
    public static ContentSourceException ForContent(ObjectStoreException failure) => new(GetErrno(failure.Kind), failure.Message, failure);

    /// <summary>The failure for whoever looks at names and attributes, where a missing object is an ordinary answer and never gets here.</summary>
    public static NamespaceSourceException ForNames(ObjectStoreException failure) => new(GetErrno(failure.Kind), failure.Message, failure);
}
