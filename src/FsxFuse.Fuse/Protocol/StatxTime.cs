using System.Runtime.InteropServices;

namespace FsxFuse.Fuse;

/// <summary>A time of statx(2), laid out as struct fuse_sx_time (16 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StatxTime
{
    /// <summary>Seconds since 1970 (may be negative).</summary>
    public long Seconds;

    /// <summary>Nanoseconds, 0..999,999,999.</summary>
    public uint Nanoseconds;

    private readonly int _reserved;
}
