using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>RENAME and RENAME2: give a file another name, from the directory <c>NodeId</c>.</summary>
public readonly struct RenameRequest : IFuseRequest
{
    internal RenameRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>Node id of the target directory.</summary>
    public ulong NewParent => Pending.Checked().Arguments<ulong>();

    /// <summary>Flags of renameat2(2).</summary>
    public RenameFlags Flags => IsRename2 ? Pending.Checked().Arguments<Rename2In>().Flags : RenameFlags.None;

    /// <summary>The present name.</summary>
    public ReadOnlySpan<byte> Name => Pending.Checked().Name(IsRename2 ? 16 : 8, 0);

    /// <summary>The new name.</summary>
    public ReadOnlySpan<byte> NewName => Pending.Checked().Name(IsRename2 ? 16 : 8, 1);

    /// <summary>Done.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Reply() => Pending.Buffer.ReplyEmpty(Pending.Ticket);

    private bool IsRename2 => Pending.Checked().Operation == Opcode.RENAME2;
}
