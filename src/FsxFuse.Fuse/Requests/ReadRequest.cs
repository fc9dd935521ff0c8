using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>READ: bytes of an open file. A reply shorter than asked means end of file (unless the open was DIRECT_IO).</summary>
public readonly struct ReadRequest : IFuseRequest
{
    internal ReadRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>First byte.</summary>
    public ulong Offset => Arguments.Offset;

    /// <summary>Bytes wanted.</summary>
    public int Size => Pending.Checked().ReplyCapacity((int)Arguments.Size);

    /// <summary>Flags of the open file (O_DIRECT …).</summary>
    public uint Flags => Arguments.Flags;

    /// <summary>Opaque id of the lock owner (the caller's file table), constant for a process.</summary>
    public ulong LockOwner => Arguments.LockOwner;

    /// <summary><see cref="Size"/> bytes of page-aligned memory to put the data in; then <see cref="Send"/>. Invalid after the reply.</summary>
    public Span<byte> ReplyBuffer => Pending.Checked().Data(Size);

    /// <summary>The same memory, for asynchronous reads.</summary>
    public Memory<byte> ReplyMemory => Pending.Checked().Memory(0, Size);

    /// <summary>Address of the same memory, aligned to a page.</summary>
    public nint ReplyPointer => Pending.Checked().DataPointer;

    private ref readonly ReadIn Arguments => ref Pending.Checked().Arguments<ReadIn>();

    /// <summary>Sends what is in <see cref="ReplyBuffer"/>.</summary>
    /// <param name="count">Bytes filled in, 0 (end of file) to <see cref="Size"/>.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool Send(int count) => Pending.Buffer.ReplyData(Pending.Ticket, count);

    /// <summary>Sends data from anywhere.</summary>
    /// <param name="data">At most <see cref="Size"/> bytes.</param>
    /// <returns>False if the kernel no longer wants the reply: undo what it would have owned.</returns>
    public bool ReplyData(ReadOnlySpan<byte> data) => Pending.Buffer.ReplyBytes(Pending.Ticket, data);
}
