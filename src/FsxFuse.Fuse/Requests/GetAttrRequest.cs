using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>GETATTR: the attributes of an inode.</summary>
public readonly struct GetAttrRequest : IFuseRequest
{
    internal GetAttrRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The request comes by an open handle (fstat).</summary>
    public bool HasHandle => (Arguments.Flags & 1) != 0;

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    private ref readonly GetAttrIn Arguments => ref Pending.Checked().Arguments<GetAttrIn>();

    /// <summary>The attributes.</summary>
    /// <param name="attributes">Attributes and how long to cache them.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in AttrReply attributes) => Pending.Buffer.ReplyStruct(Pending.Ticket, in attributes);
}
