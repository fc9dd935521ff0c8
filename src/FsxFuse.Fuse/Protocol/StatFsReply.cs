using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FsxFuse.Fuse;

/// <summary>Sizes of the file system, laid out as struct fuse_kstatfs (80 bytes). See statvfs(3).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StatFsReply
{
    /// <summary>Total space, in units of <see cref="FragmentSize"/>.</summary>
    public ulong Blocks;

    /// <summary>Free space, in units of <see cref="FragmentSize"/>.</summary>
    public ulong BlocksFree;

    /// <summary>Free space for ordinary users, in units of <see cref="FragmentSize"/>.</summary>
    public ulong BlocksAvailable;

    /// <summary>Total inodes.</summary>
    public ulong Files;

    /// <summary>Free inodes.</summary>
    public ulong FilesFree;

    /// <summary>Preferred I/O size, bytes.</summary>
    public uint BlockSize;

    /// <summary>Longest name, bytes.</summary>
    public uint NameMax;

    /// <summary>Unit of the block counts, bytes.</summary>
    public uint FragmentSize;

    private readonly uint _padding;
    private readonly Spare _spare;

    [InlineArray(6)]
    private struct Spare
    {
        private uint _element;
    }
}
