namespace FsxFuse.Repository.Objects;

/// <summary>What went wrong with a repository, in the terms in which callers decide what to do next.</summary>
public enum ObjectStoreErrorKind
{
    /// <summary>Something that none of the others describes.</summary>
    Unknown,

    /// <summary>No object (or version) under the key.</summary>
    NotFound,

    /// <summary>The bucket, or the directory that stands for one, does not exist.</summary>
    NoSuchBucket,

    /// <summary>The multipart upload was completed, aborted or expired.</summary>
    NoSuchUpload,

    /// <summary>A condition (If-Match, If-None-Match) did not hold.</summary>
    PreconditionFailed,

    /// <summary>Another write to the key was in progress; what is there now must be looked at before another attempt.</summary>
    Conflict,

    /// <summary>The credentials are valid and do not allow this.</summary>
    AccessDenied,

    /// <summary>The server does not accept the credentials: unknown, wrong, expired, or the clock is off.</summary>
    BadCredentials,

    /// <summary>No credentials were found anywhere.</summary>
    NoCredentials,

    /// <summary>The server could not be reached or did not answer in time.</summary>
    Unreachable,

    /// <summary>The bucket is in another region, or the request was signed for another one.</summary>
    WrongRegion,

    /// <summary>The TLS connection failed: certificate not trusted, expired or for another name.</summary>
    TlsFailure,

    /// <summary>The server asks to go slower.</summary>
    Throttled,

    /// <summary>The server failed, or broke off an answer.</summary>
    Unavailable,

    /// <summary>The object is in an archive class and must be restored first.</summary>
    ArchivedTier,

    /// <summary>Bytes arrived that do not have the checksum they were announced with.</summary>
    ChecksumMismatch,

    /// <summary>The range starts at or past the end of the object.</summary>
    RangeNotSatisfiable,

    /// <summary>Larger than the repository takes.</summary>
    TooLarge,

    /// <summary>The key is empty, too long, or cannot be represented in this repository.</summary>
    BadKey,

    /// <summary>No space or quota left in the repository.</summary>
    NoSpace,

    /// <summary>The server does not know this operation.</summary>
    NotSupported,

    /// <summary>The server refused the request as malformed.</summary>
    BadRequest,

    /// <summary>The bytes to upload could not be read: the local file failed, or became shorter meanwhile.</summary>
    BodyUnreadable,

    /// <summary>The options of the store are wrong: a file that is missing, unreadable, or readable by others.</summary>
    BadConfiguration,
}
