using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>FSYNC: put a file on stable storage.</summary>
public readonly struct FSyncRequest : IFuseRequest
{
    internal FSyncRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>fdatasync(2): the data, and only the metadata needed to read it.</summary>
    public bool DataOnly => (Arguments.Flags & 1) != 0;

    private ref readonly FSyncIn Arguments => ref Pending.Checked().Arguments<FSyncIn>();

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);
}
