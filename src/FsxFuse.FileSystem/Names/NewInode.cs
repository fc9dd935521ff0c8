namespace FsxFuse.FileSystem;

/// <summary>What a creating call asks for.</summary>
/// <param name="Mode">Type and permission bits, before umask and ACL.</param>
/// <param name="Umask">The caller's umask.</param>
/// <param name="Uid">The caller's file system uid.</param>
/// <param name="Gid">The caller's file system gid.</param>
internal readonly record struct NewInode(uint Mode, uint Umask, uint Uid, uint Gid)
{
    /// <summary>Device number of a device node.</summary>
    public uint Rdev { get; init; }

    /// <summary>What a symbolic link holds.</summary>
    public byte[]? Target { get; init; }

    /// <summary>The new file is opened for writing at once: it starts with a content, so that the first write needs no commit.</summary>
    public bool OpenForWriting { get; init; }
}
