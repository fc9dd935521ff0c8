using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>FALLOCATE: allocate or deallocate space.</summary>
public readonly struct FallocateRequest : IFuseRequest
{
    internal FallocateRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>First byte.</summary>
    public ulong Offset => Arguments.Offset;

    /// <summary>Bytes.</summary>
    public ulong Length => Arguments.Length;

    /// <summary>What to do.</summary>
    public FallocateMode Mode => Arguments.Mode;

    private ref readonly FallocateIn Arguments => ref Pending.Checked().Arguments<FallocateIn>();

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);
}
