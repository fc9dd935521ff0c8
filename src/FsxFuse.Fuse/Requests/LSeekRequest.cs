using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>LSEEK: find data or a hole.</summary>
public readonly struct LSeekRequest : IFuseRequest
{
    internal LSeekRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Where to start.</summary>
    public ulong Offset => Arguments.Offset;

    /// <summary>What to find.</summary>
    public SeekWhence Whence => Arguments.Whence;

    private ref readonly LSeekIn Arguments => ref Pending.Checked().Arguments<LSeekIn>();

    /// <summary>Found.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>False if the kernel no longer wants the reply.</returns>
    public bool Reply(ulong offset)
    {
        LSeekOut reply = new() { Offset = offset };
        return Pending.Buffer.ReplyStruct(Pending.Ticket, in reply);
    }
}
