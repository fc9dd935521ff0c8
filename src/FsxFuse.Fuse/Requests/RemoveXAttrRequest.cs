namespace FsxFuse.Fuse;

/// <summary>REMOVEXATTR: remove an extended attribute. ENODATA if it is absent.</summary>
public readonly struct RemoveXAttrRequest : IFuseRequest
{
    internal RemoveXAttrRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Its name with its namespace.</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(0, 0);

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);
}
