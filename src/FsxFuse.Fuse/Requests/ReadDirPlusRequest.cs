using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>READDIRPLUS: entries of an open directory with their attributes.</summary>
public readonly struct ReadDirPlusRequest : IFuseRequest
{
    internal ReadDirPlusRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Cookie of the last entry the kernel has; 0 to start.</summary>
    public ulong Offset => Arguments.Offset;

    /// <summary>Room in the reply, bytes.</summary>
    public int Size => Pending.Checked().ReplyCapacity((int)Arguments.Size);

    private ref readonly ReadIn Arguments => ref Pending.Checked().Arguments<ReadIn>();

    /// <summary>
    /// Appends an entry with its attributes. If the node id is not 0, and the name neither "." nor "..", it adds one to the inode's lookup
    /// count, once <see cref="Send"/> has returned true.
    /// </summary>
    /// <param name="entry">Node id, attributes and how long to cache them; the entry's type and inode number are taken from it.</param>
    /// <param name="cookie">What <see cref="Offset"/> will be to continue after this entry; not 0.</param>
    /// <param name="name">Its name, 1..255 bytes.</param>
    /// <returns>False if it does not fit any more: send what is there.</returns>
    public bool TryAddPlus(in EntryReply entry, ulong cookie, ReadOnlySpan<byte> name) =>
        Pending.Checked().TryAddDirentPlus(Size, in entry, entry.Attr.Ino, cookie, (DirentType)((entry.Attr.Mode >> 12) & 15), name);

    /// <summary>Appends an entry without attributes; the kernel will look it up when needed.</summary>
    /// <param name="ino">Inode number shown by getdents(2).</param>
    /// <param name="cookie">What <see cref="Offset"/> will be to continue after this entry; not 0.</param>
    /// <param name="type">Its type, or unknown.</param>
    /// <param name="name">Its name, 1..255 bytes.</param>
    /// <returns>False if it does not fit any more: send what is there.</returns>
    public bool TryAdd(ulong ino, ulong cookie, DirentType type, ReadOnlySpan<byte> name) =>
        Pending.Checked().TryAddDirentPlus(Size, default, ino, cookie, type, name);

    /// <summary>Sends the entries added. None at all means the end of the directory.</summary>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Send() => Pending.Buffer.ReplyListing(Pending.Ticket);
}
