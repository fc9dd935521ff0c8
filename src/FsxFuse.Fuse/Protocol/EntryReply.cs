using System.Runtime.InteropServices;

namespace FsxFuse.Fuse;

/// <summary>
/// What a name leads to, laid out as struct fuse_entry_out (128 bytes). Every such reply with a node id other than 0 adds one to the
/// inode's lookup count, which FORGET takes back. Node id 0 with an entry timeout is a cached "does not exist".
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct EntryReply
{
    /// <summary>Node id the kernel will use for this inode; 1 is the root, 0 is a negative entry.</summary>
    public ulong NodeId;

    /// <summary>Generation: (node id, generation) must be unique for the life of the file system (NFS handles).</summary>
    public ulong Generation;

    /// <summary>How long the name may be cached, whole seconds.</summary>
    public ulong EntryValidSeconds;

    /// <summary>How long the attributes may be cached, whole seconds.</summary>
    public ulong AttrValidSeconds;

    /// <summary>Nanoseconds of the entry timeout, 0..999,999,999.</summary>
    public uint EntryValidNsec;

    /// <summary>Nanoseconds of the attribute timeout, 0..999,999,999.</summary>
    public uint AttrValidNsec;

    /// <summary>Attributes of the inode.</summary>
    public FuseAttributes Attr;

    /// <summary>How long the kernel may cache the name; not negative.</summary>
    public TimeSpan EntryTimeout
    {
        readonly get => Timeouts.Join(EntryValidSeconds, EntryValidNsec);
        set => (EntryValidSeconds, EntryValidNsec) = Timeouts.Split(value);
    }

    /// <summary>How long the kernel may cache the attributes; not negative.</summary>
    public TimeSpan AttrTimeout
    {
        readonly get => Timeouts.Join(AttrValidSeconds, AttrValidNsec);
        set => (AttrValidSeconds, AttrValidNsec) = Timeouts.Split(value);
    }
}
