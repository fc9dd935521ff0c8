using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>OPEN: open a file.</summary>
public readonly struct OpenRequest : IFuseRequest
{
    internal OpenRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Flags of open(2); O_CREAT, O_EXCL and O_NOCTTY are removed, O_TRUNC too unless <see cref="FuseCapabilities.AtomicTruncate"/> is on.</summary>
    public uint Flags => Arguments.Flags;

    /// <summary>What the kernel asks beside open(2)'s flags.</summary>
    public OpenRequestFlags OpenFlags => Arguments.OpenFlags;

    private ref readonly OpenIn Arguments => ref Pending.Checked().Arguments<OpenIn>();

    /// <summary>Opened.</summary>
    /// <param name="handle">Comes back with every request on this open file.</param>
    /// <param name="flags">How the kernel treats it.</param>
    /// <param name="backingId">With <see cref="OpenReplyFlags.Passthrough"/>: what <see cref="FuseConnection.OpenBacking"/> gave.</param>
    /// <returns>False if the kernel no longer wants the reply: there will be no RELEASE for this handle.</returns>
    public bool Reply(ulong handle, OpenReplyFlags flags = OpenReplyFlags.None, int backingId = 0)
    {
        OpenOut open = new() { Handle = handle, Flags = flags, BackingId = backingId };
        return Pending.Buffer.ReplyStruct(Pending.Ticket, in open);
    }
}
