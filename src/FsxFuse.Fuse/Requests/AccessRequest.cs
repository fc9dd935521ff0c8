using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>ACCESS: may the caller access this inode? Not sent with default_permissions.</summary>
public readonly struct AccessRequest : IFuseRequest
{
    internal AccessRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>R_OK 4, W_OK 2, X_OK 1, as access(2).</summary>
    public uint Mask => Arguments.Mask;

    private ref readonly AccessIn Arguments => ref Pending.Checked().Arguments<AccessIn>();

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);
}
