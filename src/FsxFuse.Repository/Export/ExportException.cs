using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>
/// One entry could not be exported; its message goes to status, reports and events as it is.
/// </summary>
internal sealed class ExportException : Exception
{
    public ExportException(string code, string message, bool permanent, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        IsPermanent = permanent;
    }

    /// <summary>FSx error code (<see cref="FsxErrorCode"/>).</summary>
    public string Code { get; }

    /// <summary>Nothing but a person or a change of the file will mend it: tried again, but slowly.</summary>
    public bool IsPermanent { get; }

    /// <summary>The failure of a repository as FSx would name it.</summary>
    public static ExportException From(ObjectStoreException e, string subject) => new(
        e.Kind switch
        {
            ObjectStoreErrorKind.AccessDenied or ObjectStoreErrorKind.BadCredentials or ObjectStoreErrorKind.NoCredentials => FsxErrorCode.S3AccessDenied,
            ObjectStoreErrorKind.NotFound => FsxErrorCode.S3ObjectNotFound,
            ObjectStoreErrorKind.ArchivedTier => FsxErrorCode.S3ObjectInUnsupportedTier,
            ObjectStoreErrorKind.TooLarge => FsxErrorCode.FileSizeTooLarge,
            ObjectStoreErrorKind.BadKey => FsxErrorCode.PathSizeTooLong,
            _ => FsxErrorCode.S3Error,
        },
        $"{subject}: {e.Message}",
        // Credentials, regions and buckets are mended by people; the wait between tries is the same as for a lasting failure.
        permanent: !e.IsTransient && e.Kind is not (ObjectStoreErrorKind.Unknown or ObjectStoreErrorKind.NoSuchUpload
            or ObjectStoreErrorKind.PreconditionFailed or ObjectStoreErrorKind.NotFound),
        e);
}
