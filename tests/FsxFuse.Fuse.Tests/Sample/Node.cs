namespace FsxFuse.Fuse.Tests.Sample;

/// <summary>An inode of <see cref="MemoryFileSystem"/>: a directory if it has children.</summary>
internal sealed class Node
{
    public required ulong Id { get; init; }

    public required uint Mode { get; set; }

    public SortedDictionary<string, Node>? Children { get; init; }

    public byte[] Content { get; set; } = [];

    public Dictionary<string, byte[]> XAttrs { get; } = [];

    public long Lookups { get; set; }

    public FuseAttributes Attributes => new()
    {
        Ino = Id,
        Mode = Mode,
        Nlink = 1,
        Size = (ulong)Content.Length,
        Blocks = (ulong)(Content.Length + 511) / 512,
        Uid = (uint)Owner,
        Gid = (uint)Owner,
    };

    public int Owner { get; set; }
}
