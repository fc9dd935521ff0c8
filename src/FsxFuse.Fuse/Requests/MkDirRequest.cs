using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>MKDIR: create a directory in the directory <c>NodeId</c>.</summary>
public readonly struct MkDirRequest : IFuseRequest
{
    internal MkDirRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The name, without its NUL; bytes as the caller gave them, usually UTF-8, never "/".</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(sizeof(uint) * 2, 0);

    /// <summary>Permission bits.</summary>
    public uint Mode => Arguments.Mode;

    /// <summary>The caller's umask. Already applied to the mode unless <see cref="FuseCapabilities.DontMask"/> is on.</summary>
    public uint Umask => Arguments.Umask;

    /// <summary>The caller's supplementary group that equals the parent's group, if there is one and <see cref="FuseCapabilities.CreateSupplementaryGroup"/> is on.</summary>
    public uint? SupplementaryGroup => Pending.Checked().SupplementaryGroup;

    private ref readonly MkdirIn Arguments => ref Pending.Checked().Arguments<MkdirIn>();

    /// <summary>The inode; adds one to its lookup count when true is returned.</summary>
    /// <param name="entry">Node id, attributes and how long to cache them.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in EntryReply entry) => Pending.Buffer.ReplyStruct(Pending.Ticket, in entry);
}
