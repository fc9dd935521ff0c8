using FsxFuse.Cache;

namespace FsxFuse.FileSystem;

/// <summary>An open regular file.</summary>
internal sealed class OpenFile(Node node, uint flags)
{
    public Node Node { get; } = node;

    /// <summary>open(2)'s flags.</summary>
    public uint Flags { get; } = flags;

    public bool CanWrite { get; } = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;

    /// <summary>How this handle reads: what read-ahead follows.</summary>
    public ReadCursor Cursor { get; } = new();
}
