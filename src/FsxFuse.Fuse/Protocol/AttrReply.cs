using System.Runtime.InteropServices;

namespace FsxFuse.Fuse;

/// <summary>Attributes and how long they may be cached, laid out as struct fuse_attr_out (104 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AttrReply
{
    /// <summary>How long the attributes may be cached, whole seconds.</summary>
    public ulong AttrValidSeconds;

    /// <summary>Nanoseconds of the attribute timeout, 0..999,999,999.</summary>
    public uint AttrValidNsec;

    private readonly uint _padding;

    /// <summary>Attributes of the inode.</summary>
    public FuseAttributes Attr;

    /// <summary>How long the kernel may cache the attributes; not negative.</summary>
    public TimeSpan AttrTimeout
    {
        readonly get => Timeouts.Join(AttrValidSeconds, AttrValidNsec);
        set => (AttrValidSeconds, AttrValidNsec) = Timeouts.Split(value);
    }
}
