namespace FsxFuse.Repository.Export;

/// <summary>Error codes of FSx task reports (FSx for Lustre user guide, "Task completion reports").</summary>
public static class FsxErrorCode
{
    /// <summary>The key would be longer than 1,024 bytes.</summary>
    public const string PathSizeTooLong = "PathSizeTooLong";

    /// <summary>The file is larger than 5 TiB.</summary>
    public const string FileSizeTooLarge = "FileSizeTooLarge";

    /// <summary>The repository refuses these credentials.</summary>
    public const string S3AccessDenied = "S3AccessDenied";

    /// <summary>Any other failure of the repository.</summary>
    public const string S3Error = "S3Error";

    /// <summary>The name cannot be a key, or the key cannot be a name.</summary>
    public const string S3ObjectPathNotPosixCompliant = "S3ObjectPathNotPosixCompliant";

    /// <summary>The object was deleted while the task ran.</summary>
    public const string S3FileDeleted = "S3FileDeleted";

    /// <summary>The object that holds the file's bytes is gone.</summary>
    public const string S3ObjectNotFound = "S3ObjectNotFound";

    /// <summary>The object is in an archive class and must be restored first.</summary>
    public const string S3ObjectInUnsupportedTier = "S3ObjectInUnsupportedTier";

    /// <summary>The file is open for writing, or changes all the time.</summary>
    public const string ResourceBusy = "ResourceBusy";

    /// <summary>Anything on this side.</summary>
    public const string InternalError = "InternalError";
}
