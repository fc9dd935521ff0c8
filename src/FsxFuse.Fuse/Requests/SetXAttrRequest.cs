using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>SETXATTR: set an extended attribute.</summary>
public readonly struct SetXAttrRequest : IFuseRequest
{
    internal SetXAttrRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Its name with its namespace (user., trusted., security., system.).</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(FixedSize, 0);

    /// <summary>Its value, at most 64 KiB.</summary>
    public ReadOnlySpan<byte> Value => Pending.Checked().AfterName(FixedSize, (int)Pending.Checked().Arguments<SetXAttrCompatIn>().Size);

    /// <summary>Create only, or replace only.</summary>
    public XAttrFlags Flags => Pending.Checked().Arguments<SetXAttrCompatIn>().Flags;

    /// <summary>The ACL being set requires the sgid bit to be cleared (FUSE_SETXATTR_ACL_KILL_SGID).</summary>
    public bool ClearSetGid => FixedSize == 16 && (Pending.Checked().Arguments<SetXAttrIn>().SetXAttrFlags & 1) != 0;

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);

    // Until FUSE_SETXATTR_EXT is agreed on, the fixed part has only its first half.
    private int FixedSize => Pending.Checked().SetXAttrSize;
}
