using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>POLL: which events are ready on an open file.</summary>
public readonly struct PollRequest : IFuseRequest
{
    internal PollRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>What to give to <see cref="Notifier.WakePoll"/> when it becomes ready.</summary>
    public ulong KernelHandle => Arguments.KernelHandle;

    /// <summary>A waiter wants <see cref="Notifier.WakePoll"/>.</summary>
    public bool NotifyLater => (Arguments.Flags & 1) != 0;

    /// <summary>Events asked for (POLLIN …).</summary>
    public uint Events => Arguments.Events;

    private ref readonly PollIn Arguments => ref Pending.Checked().Arguments<PollIn>();

    /// <summary>The events that are ready.</summary>
    /// <param name="events">POLLIN, POLLOUT …</param>
    /// <returns>False if the kernel no longer wants the reply.</returns>
    public bool Reply(uint events)
    {
        PollOut reply = new() { Events = events };
        return Pending.Buffer.ReplyStruct(Pending.Ticket, in reply);
    }
}
