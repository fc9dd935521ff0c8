using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>READDIR: entries of an open directory, from a cookie on.</summary>
public readonly struct ReadDirRequest : IFuseRequest
{
    internal ReadDirRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Cookie of the last entry the kernel has; 0 to start.</summary>
    public ulong Offset => Arguments.Offset;

    /// <summary>Room in the reply, bytes.</summary>
    public int Size => Pending.Checked().ReplyCapacity((int)Arguments.Size);

    private ref readonly ReadIn Arguments => ref Pending.Checked().Arguments<ReadIn>();

    /// <summary>Appends an entry.</summary>
    /// <param name="ino">Inode number shown by getdents(2).</param>
    /// <param name="cookie">What <see cref="Offset"/> will be to continue after this entry; not 0.</param>
    /// <param name="type">Its type, or unknown.</param>
    /// <param name="name">Its name, 1..255 bytes.</param>
    /// <returns>False if it does not fit any more: send what is there.</returns>
    public bool TryAdd(ulong ino, ulong cookie, DirentType type, ReadOnlySpan<byte> name) =>
        Pending.Checked().TryAddDirent(Size, ino, cookie, type, name);

    /// <summary>Sends the entries added. None at all means the end of the directory.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Send() => Pending.Buffer.ReplyListing(Pending.Ticket);
}
