using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>MKNOD: create a file, FIFO, socket or device node in the directory <c>NodeId</c>.</summary>
public readonly struct MkNodRequest : IFuseRequest
{
    internal MkNodRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The name, without its NUL; bytes as the caller gave them, usually UTF-8, never "/".</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(sizeof(uint) * 4, 0);

    /// <summary>File type and permission bits.</summary>
    public uint Mode => Arguments.Mode;

    /// <summary>Device number, as makedev(3) packs it into 32 bits.</summary>
    public uint Rdev => Arguments.Rdev;

    /// <summary>The caller's umask. Already applied to the mode unless <see cref="FuseCapabilities.DontMask"/> is on.</summary>
    public uint Umask => Arguments.Umask;

    /// <summary>The caller's supplementary group that equals the parent's group, if there is one and <see cref="FuseCapabilities.CreateSupplementaryGroup"/> is on.</summary>
    public uint? SupplementaryGroup => Pending.Checked().SupplementaryGroup;

    private ref readonly MknodIn Arguments => ref Pending.Checked().Arguments<MknodIn>();

    /// <summary>The inode; adds one to its lookup count when true is returned.</summary>
    /// <param name="entry">Node id, attributes and how long to cache them.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in EntryReply entry) => Pending.Buffer.ReplyStruct(Pending.Ticket, in entry);
}
