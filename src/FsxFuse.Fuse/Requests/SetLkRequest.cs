using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>SETLK and SETLKW: take or drop a lock.</summary>
public readonly struct SetLkRequest : IFuseRequest
{
    internal SetLkRequest(PendingRequest pending) => Pending = pending;

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

    /// <summary>Wait until it can be had (keep the request pending, answer EINTR when interrupted); otherwise EAGAIN.</summary>
    public bool Wait => Pending.Checked().Operation == Opcode.SETLKW;

    private ref readonly LockIn Arguments => ref Pending.Checked().Arguments<LockIn>();

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);
}
