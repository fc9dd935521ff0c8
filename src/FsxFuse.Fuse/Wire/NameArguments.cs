using System.Runtime.InteropServices;

namespace FsxFuse.Fuse.Wire;

// Fixed arguments in front of names.

/// <summary>struct fuse_mknod_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MknodIn
{
    public uint Mode;
    public uint Rdev;
    public uint Umask;
    public uint Padding;
}

/// <summary>struct fuse_mkdir_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MkdirIn
{
    public uint Mode;
    public uint Umask;
}

/// <summary>struct fuse_rename_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RenameIn
{
    public ulong NewDirectory;
}

/// <summary>struct fuse_rename2_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Rename2In
{
    public ulong NewDirectory;
    public RenameFlags Flags;
    public uint Padding;
}

/// <summary>struct fuse_link_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkIn
{
    public ulong OldNodeId;
}

/// <summary>struct fuse_create_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CreateIn
{
    public uint Flags;
    public uint Mode;
    public uint Umask;
    public OpenRequestFlags OpenFlags;
}

/// <summary>struct fuse_setxattr_in without FUSE_SETXATTR_EXT (FUSE_COMPAT_SETXATTR_IN_SIZE).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SetXAttrCompatIn
{
    public uint Size;
    public XAttrFlags Flags;
}

/// <summary>struct fuse_setxattr_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SetXAttrIn
{
    public uint Size;
    public XAttrFlags Flags;
    public uint SetXAttrFlags;
    public uint Padding;
}

/// <summary>struct fuse_getxattr_in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GetXAttrIn
{
    public uint Size;
    public uint Padding;
}

/// <summary>struct fuse_getxattr_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GetXAttrOut
{
    public uint Size;
    public uint Padding;
}
