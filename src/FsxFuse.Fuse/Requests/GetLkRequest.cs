using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>GETLK: which lock would conflict with this one.</summary>
public readonly struct GetLkRequest : IFuseRequest
{
    internal GetLkRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Opaque id of the lock owner.</summary>
    public ulong Owner => Arguments.Owner;

    /// <summary>The lock.</summary>
    public FileLock Lock => Arguments.Lock;

    /// <summary>flock(2) rather than fcntl(2).</summary>
    public bool IsFlock => (Arguments.Flags & 1) != 0;

    private ref readonly LockIn Arguments => ref Pending.Checked().Arguments<LockIn>();

    /// <summary>The conflicting lock, or one of type <see cref="LockType.Unlock"/>.</summary>
    /// <param name="conflict">The lock in the way.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in FileLock conflict) => Pending.Buffer.ReplyStruct(Pending.Ticket, in conflict);
}
