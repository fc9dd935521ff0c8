using System.Runtime.InteropServices;

namespace FsxFuse.Fuse.Wire;

// Bodies of notifications, sent with unique 0 and the code in the header's error field.

/// <summary>struct fuse_notify_poll_wakeup_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NotifyPoll
{
    public ulong KernelHandle;
}

/// <summary>struct fuse_notify_inval_inode_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NotifyInvalidateInode
{
    public ulong NodeId;
    public long Offset;
    public long Length;
}

/// <summary>struct fuse_notify_inval_entry_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NotifyInvalidateEntry
{
    public ulong Parent;
    public uint NameLength;
    public uint Flags;
}

/// <summary>struct fuse_notify_delete_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NotifyDelete
{
    public ulong Parent;
    public ulong Child;
    public uint NameLength;
    public uint Padding;
}

/// <summary>struct fuse_notify_prune_out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NotifyPrune
{
    public uint Count;
    public uint Padding;
    public ulong Spare;
}
