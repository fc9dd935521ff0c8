using System.Runtime.InteropServices;

namespace FsxFuse.Fuse;

/// <summary>Reply to STATX, laid out as struct fuse_statx_out (288 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StatxReply
{
    /// <summary>How long the attributes may be cached, whole seconds.</summary>
    public ulong AttrValidSeconds;

    /// <summary>Nanoseconds of the attribute timeout, 0..999,999,999.</summary>
    public uint AttrValidNsec;

    private readonly uint _flags;
    private readonly ulong _spare0;
    private readonly ulong _spare1;

    /// <summary>The attributes.</summary>
    public StatxAttributes Stat;

    /// <summary>How long the kernel may cache the attributes; not negative.</summary>
    public TimeSpan AttrTimeout
    {
        readonly get => Timeouts.Join(AttrValidSeconds, AttrValidNsec);
        set => (AttrValidSeconds, AttrValidNsec) = Timeouts.Split(value);
    }
}
