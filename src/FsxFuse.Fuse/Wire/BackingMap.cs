using System.Runtime.InteropServices;

namespace FsxFuse.Fuse.Wire;

// The argument of FUSE_DEV_IOC_BACKING_OPEN.

/// <summary>struct fuse_backing_map.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BackingMap
{
    public int FileDescriptor;
    public uint Flags;
    public ulong Padding;
}
