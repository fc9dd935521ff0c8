using System.Runtime.InteropServices;

namespace FsxFuse.Fuse.Wire;

// What a listing is made of; every record is padded to 8 bytes.

/// <summary>struct fuse_dirent, in front of its name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Dirent
{
    public ulong Ino;
    public ulong Offset;
    public uint NameLength;
    public DirentType Type;
}

/// <summary>struct fuse_direntplus, in front of its name.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DirentPlus
{
    public EntryReply Entry;
    public Dirent Dirent;
}
