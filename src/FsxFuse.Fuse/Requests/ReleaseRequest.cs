using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>RELEASE: the last descriptor of an open file is gone. Comes later than close(2) returns; a mapping may outlive it on a passthrough file. Its result reaches nobody.</summary>
public readonly struct ReleaseRequest : IFuseRequest
{
    internal ReleaseRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Flags of the open file.</summary>
    public uint Flags => Arguments.Flags;

    /// <summary>What the kernel adds.</summary>
    public ReleaseFlags ReleaseFlags => Arguments.ReleaseFlags;

    /// <summary>Opaque id of the lock owner (the caller's file table), constant for a process.</summary>
    public ulong LockOwner => Arguments.LockOwner;

    private ref readonly ReleaseIn Arguments => ref Pending.Checked().Arguments<ReleaseIn>();

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);
}
