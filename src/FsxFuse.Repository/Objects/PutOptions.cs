namespace FsxFuse.Repository.Objects;

/// <summary>What goes with an object's bytes when it is written.</summary>
public sealed record PutOptions
{
    /// <summary>No metadata, no condition.</summary>
    public static PutOptions None { get; } = new();

    /// <summary>User metadata: names in lower case without prefix, values of printable characters. AWS takes 2 KiB in all.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ObjectInfo.EmptyMetadata;

    /// <summary>Content-Type and its kin.</summary>
    public ObjectHeaders Headers { get; init; } = ObjectHeaders.None;

    /// <summary>Storage class, or null for the bucket's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Tags to set, at most 10 on AWS; null or empty for none.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>What must hold of the present object under the key.</summary>
    public WriteCondition Condition { get; init; }

    /// <summary>MD5 of the body (16 bytes) if the caller has it, so that it need not be computed again; empty to let the store see to it.</summary>
    public ReadOnlyMemory<byte> ContentMd5 { get; init; }
}
