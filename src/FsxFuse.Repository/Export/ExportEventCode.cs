namespace FsxFuse.Repository.Export;

/// <summary>Codes of events the exporter records (FSx for Lustre user guide, "Logging with CloudWatch": export events; the conflict code is ours).</summary>
public static class ExportEventCode
{
    /// <summary>Both sides changed; the link's policy decided.</summary>
    public const string Conflict = "S3ExportConflict";

    /// <summary>The key would be too long.</summary>
    public const string PathSizeTooLong = "S3ExportPathSizeTooLong";

    /// <summary>The file is too large for an object.</summary>
    public const string FileSizeTooLarge = "S3ExportFileSizeTooLarge";

    /// <summary>The repository refuses these credentials.</summary>
    public const string AccessDenied = "S3ExportAccessDenied";

    /// <summary>The file never rests.</summary>
    public const string ResourceBusy = "S3ExportResourceBusy";

    /// <summary>The only copy of some bytes was in an object that is gone.</summary>
    public const string SourceLost = "S3ExportLocalObjectReleaseWithoutS3Source";

    /// <summary>A name that cannot be part of a key.</summary>
    public const string NameNotExportable = "S3ExportObjectPathNotPosixCompliant";

    /// <summary>Any other lasting failure.</summary>
    public const string InternalError = "S3ExportInternalError";

    /// <summary>The event that goes with a task error code.</summary>
    internal static string Of(string errorCode) => errorCode switch
    {
        FsxErrorCode.PathSizeTooLong => PathSizeTooLong,
        FsxErrorCode.FileSizeTooLarge => FileSizeTooLarge,
        FsxErrorCode.S3AccessDenied => AccessDenied,
        FsxErrorCode.ResourceBusy => ResourceBusy,
        FsxErrorCode.S3ObjectNotFound => SourceLost,
        FsxErrorCode.S3ObjectPathNotPosixCompliant => NameNotExportable,
        _ => InternalError,
    };
}
