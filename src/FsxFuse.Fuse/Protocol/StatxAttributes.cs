using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FsxFuse.Fuse;

/// <summary>Attributes of statx(2), laid out as struct fuse_statx (256 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StatxAttributes
{
    /// <summary>Which fields are filled in (STATX_*).</summary>
    public uint Mask;

    /// <summary>Preferred I/O size, bytes.</summary>
    public uint BlockSize;

    /// <summary>STATX_ATTR_* that are set.</summary>
    public ulong Attributes;

    /// <summary>Number of names.</summary>
    public uint Nlink;

    /// <summary>Owner.</summary>
    public uint Uid;

    /// <summary>Group.</summary>
    public uint Gid;

    /// <summary>File type and permission bits.</summary>
    public ushort Mode;

    private readonly ushort _spare0;

    /// <summary>Inode number.</summary>
    public ulong Ino;

    /// <summary>Size, bytes.</summary>
    public ulong Size;

    /// <summary>Space used, in units of 512 bytes.</summary>
    public ulong Blocks;

    /// <summary>STATX_ATTR_* that this file system knows.</summary>
    public ulong AttributesMask;

    /// <summary>Access time.</summary>
    public StatxTime ATime;

    /// <summary>Creation time.</summary>
    public StatxTime BTime;

    /// <summary>Change time.</summary>
    public StatxTime CTime;

    /// <summary>Modification time.</summary>
    public StatxTime MTime;

    /// <summary>Major number of a device node.</summary>
    public uint RdevMajor;

    /// <summary>Minor number of a device node.</summary>
    public uint RdevMinor;

    /// <summary>Major number of the device; the kernel replaces it.</summary>
    public uint DevMajor;

    /// <summary>Minor number of the device; the kernel replaces it.</summary>
    public uint DevMinor;

    private readonly Spare _spare;

    [InlineArray(14)]
    private struct Spare
    {
        private ulong _element;
    }
}
