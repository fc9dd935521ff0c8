namespace FsxFuse.Fuse;

/// <summary>SYMLINK: create a symbolic link in the directory <c>NodeId</c>.</summary>
public readonly struct SymlinkRequest : IFuseRequest
{
    internal SymlinkRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The name, without its NUL; bytes as the caller gave them, usually UTF-8, never "/".</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(0, 0);

    /// <summary>What the link holds, without its NUL.</summary>
    public ReadOnlySpan<byte> Target => Pending.Checked().Name(0, 1);

    /// <summary>The caller's supplementary group that equals the parent's group, if there is one and <see cref="FuseCapabilities.CreateSupplementaryGroup"/> is on.</summary>
    public uint? SupplementaryGroup => Pending.Checked().SupplementaryGroup;

    /// <summary>The inode; adds one to its lookup count when true is returned.</summary>
    /// <param name="entry">Node id, attributes and how long to cache them.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply(in EntryReply entry) => Pending.Buffer.ReplyStruct(Pending.Ticket, in entry);
}
