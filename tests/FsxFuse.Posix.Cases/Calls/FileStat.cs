using System.Runtime.InteropServices;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>The fields of <c>struct statx</c> that the cases look at (linux/stat.h).</summary>
internal sealed class FileStat
{
    /// <summary>Size of <c>struct statx</c> in bytes.</summary>
    internal const int Size = 256;

    /// <summary><c>STATX_BASIC_STATS | STATX_BTIME</c>.</summary>
    internal const uint Everything = 0xFFF;

    private readonly uint _mask;
    private readonly ushort _mode;

    internal FileStat(ReadOnlySpan<byte> statx)
    {
        _mask = MemoryMarshal.Read<uint>(statx);
        BlockSize = MemoryMarshal.Read<uint>(statx[4..]);
        Links = MemoryMarshal.Read<uint>(statx[16..]);
        Uid = MemoryMarshal.Read<uint>(statx[20..]);
        Gid = MemoryMarshal.Read<uint>(statx[24..]);
        _mode = MemoryMarshal.Read<ushort>(statx[28..]);
        Inode = MemoryMarshal.Read<ulong>(statx[32..]);
        Length = MemoryMarshal.Read<long>(statx[40..]);
        Blocks = MemoryMarshal.Read<long>(statx[48..]);
        Access = Time(statx[64..]);
        Birth = Time(statx[80..]);
        Change = Time(statx[96..]);
        Modify = Time(statx[112..]);
        DeviceNumber = (MemoryMarshal.Read<uint>(statx[128..]), MemoryMarshal.Read<uint>(statx[132..]));
        FileSystem = (MemoryMarshal.Read<uint>(statx[136..]), MemoryMarshal.Read<uint>(statx[140..]));
    }

    internal uint BlockSize { get; }

    internal uint Links { get; }

    internal uint Uid { get; }

    internal uint Gid { get; }

    internal ulong Inode { get; }

    internal long Length { get; }

    /// <summary>Space used, in units of 512 bytes.</summary>
    internal long Blocks { get; }

    internal Timestamp Access { get; }

    internal Timestamp Birth { get; }

    internal Timestamp Change { get; }

    internal Timestamp Modify { get; }

    internal (uint Major, uint Minor) DeviceNumber { get; }

    internal (uint Major, uint Minor) FileSystem { get; }

    internal bool HasBirth => (_mask & 0x800) != 0;

    /// <summary>The type bits, one of the <c>S_IF*</c>.</summary>
    internal int Type => _mode & S_IFMT;

    /// <summary>The 12 permission bits as octal digits in a decimal number: 0755 is 755.</summary>
    internal int Mode => Octal.ToDigits(_mode & 0xFFF);

    private static Timestamp Time(ReadOnlySpan<byte> at) => new(MemoryMarshal.Read<long>(at), MemoryMarshal.Read<uint>(at[8..]));
}
