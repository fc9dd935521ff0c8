using System.Runtime.InteropServices;

namespace FsxFuse.Fuse;

/// <summary>Attributes of an inode, laid out as struct fuse_attr (88 bytes). See inode(7).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FuseAttributes
{
    /// <summary>Inode number shown by stat(2); need not equal the node id.</summary>
    public ulong Ino;

    /// <summary>Size, bytes.</summary>
    public ulong Size;

    /// <summary>Space used, in units of 512 bytes. Tools such as tar take 0 for a hole: give a non-empty file at least 1.</summary>
    public ulong Blocks;

    /// <summary>Access time, seconds since 1970 (may be negative).</summary>
    public long ATime;

    /// <summary>Modification time, seconds since 1970 (may be negative).</summary>
    public long MTime;

    /// <summary>Change time, seconds since 1970 (may be negative).</summary>
    public long CTime;

    /// <summary>Nanoseconds of the access time, 0..999,999,999.</summary>
    public uint ATimeNsec;

    /// <summary>Nanoseconds of the modification time, 0..999,999,999.</summary>
    public uint MTimeNsec;

    /// <summary>Nanoseconds of the change time, 0..999,999,999.</summary>
    public uint CTimeNsec;

    /// <summary>File type and permission bits (S_IFMT and 07777). A change of type makes the kernel fail with EIO.</summary>
    public uint Mode;

    /// <summary>Number of names; 1 for a directory means that its subdirectories are not counted.</summary>
    public uint Nlink;

    /// <summary>Owner.</summary>
    public uint Uid;

    /// <summary>Group.</summary>
    public uint Gid;

    /// <summary>Device number of a device node, as makedev(3) packs it into 32 bits.</summary>
    public uint Rdev;

    /// <summary>Preferred I/O size, bytes; 0 leaves it to the kernel.</summary>
    public uint BlockSize;

    /// <summary>FUSE_ATTR_* (virtiofs only): 0.</summary>
    public uint Flags;
}
