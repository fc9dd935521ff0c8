using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>CREATE: create and open a file in the directory <c>NodeId</c>, in one step.</summary>
public readonly struct CreateRequest : IFuseRequest
{
    internal CreateRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The name, without its NUL; bytes as the caller gave them, usually UTF-8, never "/".</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(sizeof(uint) * 4, 0);

    /// <summary>Flags of open(2), O_CREAT, O_EXCL and O_TRUNC included.</summary>
    public uint Flags => Arguments.Flags;

    /// <summary>File type and permission bits.</summary>
    public uint Mode => Arguments.Mode;

    /// <summary>The caller's umask. Already applied to the mode unless <see cref="FuseCapabilities.DontMask"/> is on.</summary>
    public uint Umask => Arguments.Umask;

    /// <summary>What the kernel asks beside open(2)'s flags.</summary>
    public OpenRequestFlags OpenFlags => Arguments.OpenFlags;

    /// <summary>The caller's supplementary group that equals the parent's group, if there is one and <see cref="FuseCapabilities.CreateSupplementaryGroup"/> is on.</summary>
    public uint? SupplementaryGroup => Pending.Checked().SupplementaryGroup;

    private ref readonly CreateIn Arguments => ref Pending.Checked().Arguments<CreateIn>();

    /// <summary>Created (or found, without O_EXCL) and opened. Adds one to the inode's lookup count when true is returned.</summary>
    /// <param name="entry">Node id, attributes and how long to cache them.</param>
    /// <param name="handle">Comes back with every request on this open file.</param>
    /// <param name="flags">How the kernel treats it.</param>
    /// <param name="backingId">With <see cref="OpenReplyFlags.Passthrough"/>: what <see cref="FuseConnection.OpenBacking"/> gave.</param>
    /// <returns>False if the kernel no longer wants the reply: there will be no RELEASE, and no FORGET.</returns>
    public bool Reply(in EntryReply entry, ulong handle, OpenReplyFlags flags = OpenReplyFlags.None, int backingId = 0)
    {
        OpenOut open = new() { Handle = handle, Flags = flags, BackingId = backingId };
        return Pending.Buffer.ReplyStructs(Pending.Ticket, in entry, in open);
    }
}
