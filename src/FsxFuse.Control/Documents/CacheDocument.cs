namespace FsxFuse.Control.Documents;

/// <summary>The local tier of a file system.</summary>
public sealed record CacheDocument
{
    /// <summary>The directory that holds the content files.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of disk that content files occupy.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Bytes of disk that content files may occupy.</summary>
    public long LimitBytes { get; init; }

    /// <summary>Automatic release.</summary>
    public ReleaseDocument? Release { get; init; }
}
