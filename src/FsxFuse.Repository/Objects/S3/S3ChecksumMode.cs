namespace FsxFuse.Repository.Objects.S3;

/// <summary>How uploads prove their integrity.</summary>
public enum S3ChecksumMode
{
    /// <summary><see cref="Supported"/> on Amazon's endpoints, <see cref="Required"/> on all others.</summary>
    Auto,

    /// <summary>No trailing checksums, which many servers refuse (Ceph RGW 16: XAmzContentSHA256Mismatch). Bodies are still protected: by
    /// Content-MD5 over TLS, by the signed SHA-256 of the body without TLS.</summary>
    Required,

    /// <summary>CRC-32 in a trailer, which S3 stores with the object and gives back for verification when it is read.</summary>
    Supported,
}
