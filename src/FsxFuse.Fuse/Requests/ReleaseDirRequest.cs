using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>RELEASEDIR: an open directory is closed. Its result reaches nobody.</summary>
public readonly struct ReleaseDirRequest : IFuseRequest
{
    internal ReleaseDirRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Flags of the open file.</summary>
    public uint Flags => Arguments.Flags;

    private ref readonly ReleaseIn Arguments => ref Pending.Checked().Arguments<ReleaseIn>();

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);
}
