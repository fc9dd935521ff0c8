using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>STATX: attributes beyond the basic ones (the creation time).</summary>
public readonly struct StatxRequest : IFuseRequest
{
    internal StatxRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The request comes by an open handle.</summary>
    public bool HasHandle => (Arguments.GetAttrFlags & 1) != 0;

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Flags of statx(2) (AT_STATX_*).</summary>
    public uint Flags => Arguments.Flags;

    /// <summary>Fields wanted (STATX_*).</summary>
    public uint Mask => Arguments.Mask;

    private ref readonly StatxIn Arguments => ref Pending.Checked().Arguments<StatxIn>();

    /// <summary>The attributes.</summary>
    /// <param name="attributes">Attributes, which of them are valid, and how long to cache them.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in StatxReply attributes) => Pending.Buffer.ReplyStruct(Pending.Ticket, in attributes);
}
