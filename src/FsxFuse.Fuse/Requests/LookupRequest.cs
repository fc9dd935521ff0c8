namespace FsxFuse.Fuse;

/// <summary>LOOKUP: find a name in the directory <c>NodeId</c>.</summary>
public readonly struct LookupRequest : IFuseRequest
{
    internal LookupRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The name, without its NUL; bytes as the caller gave them, usually UTF-8, never "/".</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(0, 0);

    /// <summary>The inode, or a cached absence (node id 0 with an entry timeout). Adds one to the inode's lookup count when true is returned.</summary>
    /// <param name="entry">Node id, attributes and how long to cache them.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in EntryReply entry) => Pending.Buffer.ReplyStruct(Pending.Ticket, in entry);
}
