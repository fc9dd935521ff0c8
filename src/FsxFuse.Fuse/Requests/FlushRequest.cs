using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>FLUSH: a descriptor of an open file was closed; may come several times for one open. Its error is what close(2) returns.</summary>
public readonly struct FlushRequest : IFuseRequest
{
    internal FlushRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Opaque id of the lock owner (the caller's file table), constant for a process.</summary>
    public ulong LockOwner => Arguments.LockOwner;

    private ref readonly FlushIn Arguments => ref Pending.Checked().Arguments<FlushIn>();

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);
}
