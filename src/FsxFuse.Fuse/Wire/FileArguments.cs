using System.Runtime.InteropServices;

namespace FsxFuse.Fuse.Wire;

// Fixed arguments and replies of the requests on inodes and open files.

/// <summary>struct fuse_getattr_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GetAttrIn
{
    public uint Flags;
    public uint Padding;
    public ulong Handle;
}

/// <summary>struct fuse_setattr_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SetAttrIn
{
    public SetAttrMask Valid;
    public uint Padding;
    public ulong Handle;
    public ulong Size;
    public ulong LockOwner;
    public long ATime;
    public long MTime;
    public long CTime;
    public uint ATimeNsec;
    public uint MTimeNsec;
    public uint CTimeNsec;
    public uint Mode;
    public uint Unused4;
    public uint Uid;
    public uint Gid;
    public uint Unused5;
}

/// <summary>struct fuse_statx_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatxIn
{
    public uint GetAttrFlags;
    public uint Reserved;
    public ulong Handle;
    public uint Flags;
    public uint Mask;
}

/// <summary>struct fuse_open_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenIn
{
    public uint Flags;
    public OpenRequestFlags OpenFlags;
}

/// <summary>struct fuse_open_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenOut
{
    public ulong Handle;
    public OpenReplyFlags Flags;
    public int BackingId;
}

/// <summary>struct fuse_release_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ReleaseIn
{
    public ulong Handle;
    public uint Flags;
    public ReleaseFlags ReleaseFlags;
    public ulong LockOwner;
}

/// <summary>struct fuse_flush_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlushIn
{
    public ulong Handle;
    public uint Unused;
    public uint Padding;
    public ulong LockOwner;
}

/// <summary>struct fuse_read_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ReadIn
{
    public ulong Handle;
    public ulong Offset;
    public uint Size;
    public uint ReadFlags;
    public ulong LockOwner;
    public uint Flags;
    public uint Padding;
}

/// <summary>struct fuse_write_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WriteIn
{
    public ulong Handle;
    public ulong Offset;
    public uint Size;
    public WriteFlags WriteFlags;
    public ulong LockOwner;
    public uint Flags;
    public uint Padding;
}

/// <summary>struct fuse_write_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WriteOut
{
    public uint Size;
    public uint Padding;
}

/// <summary>struct fuse_fsync_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FSyncIn
{
    public ulong Handle;
    public uint Flags;
    public uint Padding;
}

/// <summary>struct fuse_access_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AccessIn
{
    public uint Mask;
    public uint Padding;
}

/// <summary>struct fuse_lk_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LockIn
{
    public ulong Handle;
    public ulong Owner;
    public FileLock Lock;
    public uint Flags;
    public uint Padding;
}

/// <summary>struct fuse_bmap_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BMapIn
{
    public ulong Block;
    public uint BlockSize;
    public uint Padding;
}

/// <summary>struct fuse_bmap_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BMapOut
{
    public ulong Block;
}

/// <summary>struct fuse_ioctl_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoctlIn
{
    public ulong Handle;
    public IoctlFlags Flags;
    public uint Command;
    public ulong Argument;
    public uint InSize;
    public uint OutSize;
}

/// <summary>struct fuse_ioctl_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoctlOut
{
    public int Result;
    public uint Flags;
    public uint InVectors;
    public uint OutVectors;
}

/// <summary>struct fuse_poll_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollIn
{
    public ulong Handle;
    public ulong KernelHandle;
    public uint Flags;
    public uint Events;
}

/// <summary>struct fuse_poll_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollOut
{
    public uint Events;
    public uint Padding;
}

/// <summary>struct fuse_fallocate_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FallocateIn
{
    public ulong Handle;
    public ulong Offset;
    public ulong Length;
    public FallocateMode Mode;
    public uint Padding;
}

/// <summary>struct fuse_lseek_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LSeekIn
{
    public ulong Handle;
    public ulong Offset;
    public SeekWhence Whence;
    public uint Padding;
}

/// <summary>struct fuse_lseek_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LSeekOut
{
    public ulong Offset;
}

/// <summary>struct fuse_copy_file_range_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopyFileRangeIn
{
    public ulong HandleIn;
    public ulong OffsetIn;
    public ulong NodeIdOut;
    public ulong HandleOut;
    public ulong OffsetOut;
    public ulong Length;
    public ulong Flags;
}

/// <summary>struct fuse_copy_file_range_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopyFileRangeOut
{
    public ulong Copied;
}
