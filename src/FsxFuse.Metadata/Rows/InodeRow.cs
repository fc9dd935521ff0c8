namespace FsxFuse.Metadata;

/// <summary>
/// One inode: what stat(2) tells, and which content holds its bytes. Times are nanoseconds since 1970 UTC.
/// While a content is marked <see cref="ContentFlags.Writing"/>, size, mtime and ctime of its inode live on the
/// content file and are folded back into this row when the file rests.
/// </summary>
public sealed record InodeRow
{
    /// <summary>The node id given to the kernel; the root is <see cref="RootId"/>; never reused.</summary>
    public required long Id { get; init; }

    /// <summary>st_ino. Equal to <see cref="Id"/> unless an import replaced an open file: then the new node keeps the old st_ino.</summary>
    public required long Ino { get; init; }

    /// <summary>Counts the commits that changed this row; guards compare it.</summary>
    public long Version { get; init; }

    /// <summary>File type and permission bits, as st_mode.</summary>
    public required uint Mode { get; init; }

    /// <summary>Owner.</summary>
    public uint Uid { get; init; }

    /// <summary>Group.</summary>
    public uint Gid { get; init; }

    /// <summary>Number of names; 2 + sub-directories for a directory; 0 for an orphan.</summary>
    public long NLink { get; init; } = 1;

    /// <summary>Length in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Device number of a special file, as the kernel encodes it in FUSE_MKNOD.</summary>
    public uint Rdev { get; init; }

    /// <summary>Last access.</summary>
    public long AtimeNs { get; init; }

    /// <summary>Last change of the content.</summary>
    public long MtimeNs { get; init; }

    /// <summary>Last change of the inode.</summary>
    public long CtimeNs { get; init; }

    /// <summary>Birth.</summary>
    public long BtimeNs { get; init; }

    /// <summary>The content that holds a regular file's bytes; 0 when it has none yet (an empty file never written).</summary>
    public long ContentId { get; init; }

    /// <summary>What a symbolic link points to; null for every other type, and for a link whose body was not read yet.</summary>
    public byte[]? Target { get; init; }

    /// <summary>State beyond stat(2).</summary>
    public InodeFlags Flags { get; init; }

    /// <summary>The root directory's id (FUSE_ROOT_ID).</summary>
    public const long RootId = 1;

    /// <summary>S_IFMT of <see cref="Mode"/>.</summary>
    public uint Type => Mode & FileType.Mask;

    /// <summary>True for a directory.</summary>
    public bool IsDirectory => Type == FileType.Directory;

    /// <summary>True for a regular file.</summary>
    public bool IsRegular => Type == FileType.Regular;
}
