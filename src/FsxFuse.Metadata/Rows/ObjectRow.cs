namespace FsxFuse.Metadata;

/// <summary>
/// What is remembered of one key in a bucket: the state both sides agreed on last. It is per key, not per inode, so that a
/// write-temp-and-rename is no conflict. No row = the key was absent when last seen.
/// </summary>
public sealed record ObjectRow
{
    /// <summary>The link.</summary>
    public required int LinkId { get; init; }

    /// <summary>Full key in the bucket (prefix included); directory markers end in '/'.</summary>
    public required string Key { get; init; }

    /// <summary>ETag, unquoted.</summary>
    public required string ETag { get; init; }

    /// <summary>S3 version id, if known.</summary>
    public string? VersionId { get; init; }

    /// <summary>Length in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Last-Modified, ns since 1970.</summary>
    public long ModifiedNs { get; init; }
}
