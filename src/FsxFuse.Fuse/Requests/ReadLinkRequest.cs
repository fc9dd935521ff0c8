namespace FsxFuse.Fuse;

/// <summary>READLINK: the target of a symbolic link.</summary>
public readonly struct ReadLinkRequest : IFuseRequest
{
    internal ReadLinkRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The target.</summary>
    /// <param name="target">Bytes without NUL, at most 4095.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(ReadOnlySpan<byte> target) => Pending.Buffer.ReplyBytes(Pending.Ticket, target);
}
