using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>LINK: give an inode another name, in the directory <c>NodeId</c>.</summary>
public readonly struct LinkRequest : IFuseRequest
{
    internal LinkRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The inode that gets the name.</summary>
    public ulong OldNodeId => Arguments.OldNodeId;

    /// <summary>The name, without its NUL; bytes as the caller gave them, usually UTF-8, never "/".</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(sizeof(ulong), 0);

    private ref readonly LinkIn Arguments => ref Pending.Checked().Arguments<LinkIn>();

    /// <summary>The inode; adds one to its lookup count when true is returned.</summary>
    /// <param name="entry">Node id, attributes and how long to cache them.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in EntryReply entry) => Pending.Buffer.ReplyStruct(Pending.Ticket, in entry);
}
