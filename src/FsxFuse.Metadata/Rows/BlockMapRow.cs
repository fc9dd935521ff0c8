namespace FsxFuse.Metadata;

/// <summary>
/// What of one chunk (64 MiB) of a content is in its content file: two bits for each 4 KiB page, little-endian within a byte
/// (0 absent, 1 clean, 2 dirty and not yet fsynced, 3 dirty and stable). Trailing absent pages may be cut off; no row = all absent.
/// </summary>
public sealed record BlockMapRow
{
    /// <summary>The content.</summary>
    public required long Content { get; init; }

    /// <summary>Chunk number: file offset / 64 MiB.</summary>
    public required long Chunk { get; init; }

    /// <summary>The map, at most 4,096 bytes.</summary>
    public required byte[] Map { get; init; }
}
