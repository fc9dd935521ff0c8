namespace FsxFuse.Metadata;

/// <summary>
/// One version of a regular file's bytes: one sparse content file in the cache, and the object its missing bytes come from.
/// An inode has at most one content; truncation to zero and replacement make a new one.
/// </summary>
public sealed record ContentRow
{
    /// <summary>Id, never reused: names the content file.</summary>
    public required long Id { get; init; }

    /// <summary>The inode it belongs to.</summary>
    public required long Inode { get; init; }

    /// <summary>Counts the commits that changed this row; guards compare it.</summary>
    public long Version { get; init; }

    /// <summary>State of the bytes.</summary>
    public ContentFlags Flags { get; init; }

    /// <summary>The link whose object missing bytes come from; 0 = none: the content is all local.</summary>
    public int SourceLink { get; init; }

    /// <summary>Key of the source object.</summary>
    public string? SourceKey { get; init; }

    /// <summary>ETag (unquoted) the source had when it was imported or exported: bytes of another ETag are never mixed in.</summary>
    public string? SourceETag { get; init; }

    /// <summary>S3 version id of the source, if the bucket is versioned.</summary>
    public string? SourceVersionId { get; init; }

    /// <summary>Bytes [0, this) may come from the source; beyond are zeros or written data. It only shrinks until an export sets it anew.</summary>
    public long SourceLength { get; init; }

    /// <summary>
    /// Counts the times the bytes or exported attributes began to differ from the object (the fsxfuse-version of an upload):
    /// an export that saw N marks clean only while it is still N.
    /// </summary>
    public long DirtyVersion { get; init; }

    /// <summary>Boot id (/proc/sys/kernel/random/boot_id) under which bytes were put in the content file that no fsync covered yet; null = all stable.</summary>
    public string? UnsyncedBoot { get; init; }
}
