using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>WRITE: bytes for an open file.</summary>
public readonly struct WriteRequest : IFuseRequest
{
    internal WriteRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>First byte.</summary>
    public ulong Offset => Arguments.Offset;

    /// <summary>Number of bytes.</summary>
    public int Size => Pending.Checked().PayloadLength(40, (int)Arguments.Size);

    /// <summary>What the kernel adds.</summary>
    public WriteFlags WriteFlags => Arguments.WriteFlags;

    /// <summary>Flags of the open file (O_DIRECT, O_SYNC, O_APPEND …).</summary>
    public uint Flags => Arguments.Flags;

    /// <summary>Opaque id of the lock owner (the caller's file table), constant for a process.</summary>
    public ulong LockOwner => Arguments.LockOwner;

    /// <summary>The bytes, in page-aligned memory. Invalid after the reply.</summary>
    public ReadOnlySpan<byte> Data => Pending.Checked().Data(Size);

    /// <summary>The same memory, for asynchronous writes.</summary>
    public ReadOnlyMemory<byte> DataMemory => Pending.Checked().Memory(0, Size);

    /// <summary>Address of the same memory, aligned to a page.</summary>
    public nint DataPointer => Pending.Checked().DataPointer;

    private ref readonly WriteIn Arguments => ref Pending.Checked().Arguments<WriteIn>();

    /// <summary>Written.</summary>
    /// <param name="written">Bytes taken; fewer than <see cref="Size"/> makes a short write.</param>
    /// <returns>False if the kernel no longer wants the reply.</returns>
    public bool Reply(uint written)
    {
        WriteOut reply = new() { Size = written };
        return Pending.Buffer.ReplyStruct(Pending.Ticket, in reply);
    }
}
