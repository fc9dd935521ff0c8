namespace FsxFuse.Repository.Objects;

/// <summary>A copy of one object to another key of the same repository (or onto itself, to change its metadata).</summary>
public sealed record CopyRequest
{
    /// <summary>What to copy.</summary>
    public required CopySource Source { get; init; }

    /// <summary>Length of the source in bytes if known; it saves a HEAD that decides whether the copy must be made in parts.</summary>
    public long? SourceSize { get; init; }

    /// <summary>Where to.</summary>
    public required string DestinationKey { get; init; }

    /// <summary>Storage class of the copy when metadata is kept, or null for the bucket's default: S3 does not keep the source's by itself.</summary>
    public string? StorageClass { get; init; }

    /// <summary>New metadata, headers, storage class and tags, or null to keep the source's. Its condition is not looked at.</summary>
    public PutOptions? Replacement { get; init; }

    /// <summary>What must hold of the present object under the destination key.</summary>
    public WriteCondition Condition { get; init; }
}
