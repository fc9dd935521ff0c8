using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// An open directory: the chunk of entries read last, so that a listing asks the store once in a while and not once a request.
/// The kernel sends one READDIR at a time on a handle, but two processes may share it: callers lock it.
/// </summary>
internal sealed class OpenDirectory(Node node)
{
    /// <summary>Entries read from the store at a time: memory stays constant whatever the size of the directory.</summary>
    public const int ChunkEntries = 1024;

    /// <summary>The same with attributes, about what one request of the kernel holds: they are read anew for each, never handed out old.</summary>
    public const int PlusEntries = 256;

    public Node Node { get; } = node;

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public List<NamedInode> Chunk { get; } = [];

    /// <summary>The cookie the chunk follows; -1 = no chunk.</summary>
    public long ChunkAfter { get; set; } = -1;

    /// <summary>The chunk's inodes were read too (READDIRPLUS).</summary>
    public bool ChunkHasInodes { get; set; }

    /// <summary>
    /// Entries with a greater cookie were added after the directory was opened or rewound, and are not shown: a program that makes a
    /// file for each one it lists must come to an end.
    /// </summary>
    public long LastCookie { get; set; } = -1;

    /// <summary>The directory was listed for this handle.</summary>
    public bool IsListed { get; set; }
}
