namespace FsxFuse.Metadata;

/// <summary>A name in a directory.</summary>
public sealed record DentryRow
{
    /// <summary>The directory.</summary>
    public required long Parent { get; init; }

    /// <summary>The name.</summary>
    public required FileName Name { get; init; }

    /// <summary>The inode it names.</summary>
    public required long Child { get; init; }

    /// <summary>d_type for readdir; 0 (DT_UNKNOWN) while only a HEAD could tell.</summary>
    public byte Type { get; init; }

    /// <summary>
    /// Position in the directory's stream: taken from <see cref="IMetadataStore.AllocateIds"/>, so unique, growing with every
    /// insertion and never reused: a reader's place survives any change by others.
    /// </summary>
    public required long Cookie { get; init; }
}
