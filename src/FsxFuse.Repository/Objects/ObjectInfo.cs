namespace FsxFuse.Repository.Objects;

/// <summary>All that a HEAD tells of one object.</summary>
public sealed record ObjectInfo
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>Length of the whole object in bytes, also when a range of it was asked for.</summary>
    public required long Size { get; init; }

    /// <summary>Without quotes; changes whenever the bytes do.</summary>
    public required string ETag { get; init; }

    /// <summary>The version in a versioned bucket, else null.</summary>
    public string? VersionId { get; init; }

    /// <summary>When the object was written, by the server's clock.</summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>As the server names it; <c>STANDARD</c> when it says nothing.</summary>
    public string StorageClass { get; init; } = ObjectStorageClasses.Standard;

    /// <summary>Whether the bytes can be read now (archived objects cannot until restored).</summary>
    public RestoreState Restore { get; init; }

    /// <summary>When a restored copy of an archived object goes away, if the server said.</summary>
    public DateTimeOffset? RestoreExpiry { get; init; }

    /// <summary>Content-Type and its kin.</summary>
    public ObjectHeaders Headers { get; init; } = ObjectHeaders.None;

    /// <summary>User metadata: names in lower case without <c>x-amz-meta-</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata;

    /// <summary>How many tags the object has; null when the server did not say.</summary>
    public int? TagCount { get; init; }

    internal static readonly IReadOnlyDictionary<string, string> EmptyMetadata =
        System.Collections.Frozen.FrozenDictionary<string, string>.Empty;
}
