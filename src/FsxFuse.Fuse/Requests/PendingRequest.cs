namespace FsxFuse.Fuse;

/// <summary>
/// A request that has not been answered, whatever its kind: what all typed requests share, and what to keep when only cancellation
/// or failure matters. Valid until the reply; a copy stays harmless afterwards (properties throw
/// <see cref="InvalidOperationException"/>, replies return false).
/// </summary>
public readonly struct PendingRequest : IFuseRequest
{
    internal PendingRequest(RequestBuffer buffer, long ticket)
    {
        Buffer = buffer;
        Ticket = ticket;
    }

    /// <inheritdoc/>
    public PendingRequest Pending => this;

    /// <summary>The operation.</summary>
    public Opcode Operation => Checked().Operation;

    internal RequestBuffer Buffer { get; }

    internal long Ticket { get; }

    internal RequestBuffer Checked()
    {
        Buffer.Check(Ticket);
        return Buffer;
    }
}
