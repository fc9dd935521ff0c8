namespace FsxFuse.Fuse;

/// <summary>STATFS: sizes of the file system.</summary>
public readonly struct StatFsRequest : IFuseRequest
{
    internal StatFsRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The sizes.</summary>
    /// <param name="sizes">Space and inodes, total and free.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in StatFsReply sizes) => Pending.Buffer.ReplyStruct(Pending.Ticket, in sizes);
}
