using System.Diagnostics;
using System.Runtime.CompilerServices;
using FsxFuse.Fuse.Native;
using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>
/// One request and its memory, used again and again. A reader thread owns it until the handler returns; if the request is not answered by
/// then, it belongs to the pending operation, and the reply gives it back to the pool.
/// </summary>
/// <remarks>
/// Memory: one mapping. The request is read to 80 bytes before the end of the first page, so that the payload of a WRITE (which follows 40 bytes of header and
/// 40 of arguments) starts on a page; data of a READ or a listing is built at the same place, with room for the reply's
/// header in front, and leaves by a single write. Small replies are built at the start of the first page.
/// </remarks>
internal sealed unsafe class RequestBuffer : IDisposable
{
    public const int PageSize = 4096;
    private const int InputOffset = PageSize - 80;

    // Replies of fixed size are at most 16 + 288 bytes (STATX).
    private const int ScratchSize = 1024;

    private readonly RequestPool _pool;
    private readonly FuseChannel _channel;
    private readonly byte* _memory;
    private readonly Lock _interruptLock = new();
    private readonly NativeBufferMemory _data;

    // Odd while the request awaits its reply. A copy of a typed request holds the number it was made with, so it cannot answer a later request.
    private long _ticket;
    private long _interruptedTicket;
    private CancellationTokenSource? _interrupt;

    // Set once by the reader when the handler has returned and once by the reply; whoever comes second decides where the buffer goes.
    private int _handoff;
    private int _length;
    private int _extensionLength;
    private int _listingLength;

    public RequestBuffer(RequestPool pool, FuseChannel channel, int dataCapacity)
    {
        _pool = pool;
        _channel = channel;
        DataCapacity = dataCapacity;
        _memory = LibC.mmap(null, MappingLength, LibC.PROT_READ_WRITE, LibC.MAP_PRIVATE_ANONYMOUS, -1, 0);
        if ((nint)_memory == -1)
        {
            throw new InsufficientMemoryException();
        }

        _data = new NativeBufferMemory(_memory + PageSize, dataCapacity);
    }

    public int DataCapacity { get; }

    public byte* Input => _memory + InputOffset;

    public int InputCapacity => DataCapacity + PageSize - InputOffset;

    public Opcode Operation { get; private set; }

    public ulong Unique { get; private set; }

    public ulong NodeId { get; private set; }

    public uint Uid { get; private set; }

    public uint Gid { get; private set; }

    public uint Pid { get; private set; }

    public nint DataPointer => (nint)(_memory + PageSize);

    /// <summary>Size of the fixed part of SETXATTR, which the negotiation decides.</summary>
    public int SetXAttrSize => _pool.SetXAttrSize;

    public int ArgumentLength => _length - sizeof(InHeader) - _extensionLength;

    private nuint MappingLength => (nuint)(PageSize + DataCapacity);

    private byte* ArgumentStart => Input + sizeof(InHeader);

    /// <summary>Takes in what a read has put into <see cref="Input"/>.</summary>
    /// <returns>False if it is not a whole request.</returns>
    public bool Begin(int length, out PendingRequest pending)
    {
        ref InHeader header = ref Unsafe.AsRef<InHeader>(Input);
        pending = default;
        if (length < sizeof(InHeader) || header.Length != length || (header.ExtensionUnits * 8) > length - sizeof(InHeader))
        {
            return false;
        }

        _length = length;
        _extensionLength = header.ExtensionUnits * 8;
        _listingLength = 0;
        _handoff = 0;
        Operation = header.Opcode;
        Unique = header.Unique;
        NodeId = header.NodeId;
        Uid = header.Uid;
        Gid = header.Gid;
        Pid = header.Pid;
        long ticket = _ticket + 1;
        Debug.Assert((ticket & 1) == 1, "a buffer was taken twice");
        Volatile.Write(ref _ticket, ticket);
        pending = new PendingRequest(this, ticket);
        return true;
    }

    /// <summary>The handler has returned.</summary>
    /// <returns>True if the request is answered and the reader may use this buffer again; false if it is now the pending operation's.</returns>
    public bool EndOfHandler() => Interlocked.Exchange(ref _handoff, 1) == 1;

    public void Check(long ticket)
    {
        if (Volatile.Read(ref _ticket) != ticket)
        {
            ThrowAnswered();
        }

        static void ThrowAnswered() => throw new InvalidOperationException("The request has been answered; its contents are gone.");
    }

    public ref readonly T Arguments<T>()
        where T : unmanaged => ref Unsafe.AsRef<T>(ArgumentStart);

    /// <summary>The index-th NUL-terminated name after a fixed part.</summary>
    public ReadOnlySpan<byte> Name(int fixedSize, int index)
    {
        ReadOnlySpan<byte> rest = Rest(fixedSize);
        for (; ; index--)
        {
            int end = rest.IndexOf((byte)0);
            if (index == 0)
            {
                return end < 0 ? rest : rest[..end];
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    /// <summary>What follows the name that follows a fixed part.</summary>
    public ReadOnlySpan<byte> AfterName(int fixedSize, int length)
    {
        ReadOnlySpan<byte> rest = Rest(fixedSize);
        int end = rest.IndexOf((byte)0);
        rest = end < 0 ? default : rest[(end + 1)..];
        return rest[..Math.Clamp(length, 0, rest.Length)];
    }

    public ReadOnlySpan<byte> Payload(int fixedSize, int length) => Rest(fixedSize)[..PayloadLength(fixedSize, length)];

    /// <summary>A length the kernel gave, held to what it sent.</summary>
    public int PayloadLength(int fixedSize, int length) => Math.Clamp(length, 0, Math.Max(0, ArgumentLength - fixedSize));

    /// <summary>A size the kernel asks for, held to the buffer.</summary>
    public int ReplyCapacity(int size) => Math.Clamp(size, 0, DataCapacity);

    public Span<byte> Data(int length) => new(_memory + PageSize, length);

    public Memory<byte> Memory(int offset, int length) => _data.Memory.Slice(offset, length);

    public uint? SupplementaryGroup
    {
        get
        {
            // fuse_ext_header {size, type 32 = FUSE_EXT_GROUPS}, then fuse_supp_groups {count, groups}. Security contexts are never negotiated.
            const uint Groups = 32;
            byte* at = Input + _length - _extensionLength;
            byte* end = Input + _length;
            while (end - at >= sizeof(ExtensionHeader))
            {
                ExtensionHeader* header = (ExtensionHeader*)at;
                if (header->Type == Groups && header->Size >= 16 && end - at >= 16 && *(uint*)(at + 8) > 0)
                {
                    return *(uint*)(at + 12);
                }

                if (header->Size < (uint)sizeof(ExtensionHeader) || header->Size > end - at)
                {
                    break;
                }

                at += (header->Size + 7) & ~7u;
            }

            return null;
        }
    }

    public bool IsInterrupted(long ticket) => Volatile.Read(ref _interruptedTicket) == ticket;

    public CancellationToken GetInterruptToken(long ticket)
    {
        lock (_interruptLock)
        {
            Check(ticket);
            CancellationTokenSource source = _interrupt ??= new CancellationTokenSource();
            if (Volatile.Read(ref _ticket) != ticket)
            {
                // Answered meanwhile: the next request must not find this one's source.
                _interrupt = null;
            }

            if (IsInterrupted(ticket))
            {
                source.Cancel();
            }

            return source.Token;
        }
    }

    /// <summary>Whether a request is pending, and the one with this number if one is given.</summary>
    /// <param name="unique">Its number, or null for whichever is pending.</param>
    /// <param name="ticket">What names it from here on.</param>
    public bool IsPending(ulong? unique, out long ticket)
    {
        ticket = Volatile.Read(ref _ticket);
        return (ticket & 1) != 0 && (unique is not ulong wanted || Unique == wanted) && Volatile.Read(ref _ticket) == ticket;
    }

    /// <summary>Marks the request as interrupted, unless it has been answered meanwhile.</summary>
    public void Interrupt(long ticket)
    {
        CancellationTokenSource? source;
        lock (_interruptLock)
        {
            Volatile.Write(ref _interruptedTicket, ticket);
            source = Volatile.Read(ref _ticket) == ticket ? _interrupt : null;
        }

        // Callbacks are the file system's code: they run on the thread pool, not on a reader.
        source?.CancelAsync();
    }

    public bool ReplyEmpty(long ticket) => Take(ticket) && Finish(SendScratch(0, 0));

    public bool ReplyError(long ticket, Errno error)
    {
        Debug.Assert((int)error is > 0 and < 512, "the kernel takes error numbers 1..511");
        int number = (int)error is > 0 and < 512 ? (int)error : (int)Errno.EIO;
        return Take(ticket) && Finish(SendScratch(number, 0));
    }

    /// <summary>As <see cref="ReplyError"/>, for a handler that threw: it may have answered already.</summary>
    public bool TryReplyError(long ticket, Errno error) => Volatile.Read(ref _ticket) == ticket && ReplyError(ticket, error);

    public bool ReplyStruct<T>(long ticket, in T value)
        where T : unmanaged
    {
        if (!Take(ticket))
        {
            return false;
        }

        Unsafe.WriteUnaligned(_memory + sizeof(OutHeader), value);
        return Finish(SendScratch(0, sizeof(T)));
    }

    public bool ReplyStructs<TFirst, TSecond>(long ticket, in TFirst first, in TSecond second)
        where TFirst : unmanaged
        where TSecond : unmanaged
    {
        if (!Take(ticket))
        {
            return false;
        }

        Unsafe.WriteUnaligned(_memory + sizeof(OutHeader), first);
        Unsafe.WriteUnaligned(_memory + sizeof(OutHeader) + sizeof(TFirst), second);
        return Finish(SendScratch(0, sizeof(TFirst) + sizeof(TSecond)));
    }

    public bool ReplyBytes(long ticket, ReadOnlySpan<byte> bytes) => Take(ticket) && Finish(SendGathered(0, bytes));

    public bool ReplyStructAndBytes<T>(long ticket, in T value, ReadOnlySpan<byte> bytes)
        where T : unmanaged
    {
        if (!Take(ticket))
        {
            return false;
        }

        Unsafe.WriteUnaligned(_memory + sizeof(OutHeader), value);
        return Finish(SendGathered(sizeof(T), bytes));
    }

    /// <summary>Replies with what the handler has put at <see cref="DataPointer"/>.</summary>
    public bool ReplyData(long ticket, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)DataCapacity, nameof(count));
        if (!Take(ticket))
        {
            return false;
        }

        byte* message = _memory + PageSize - sizeof(OutHeader);
        int length = sizeof(OutHeader) + count;
        *(OutHeader*)message = new OutHeader { Length = (uint)length, Unique = Unique };
        return Finish(_channel.Write(message, length));
    }

    public bool ReplyListing(long ticket) => ReplyData(ticket, _listingLength);

    public bool TryAddDirent(int size, ulong ino, ulong cookie, DirentType type, ReadOnlySpan<byte> name)
    {
        byte* record = ReserveRecord(size, sizeof(Dirent), name);
        if (record == null)
        {
            return false;
        }

        *(Dirent*)record = new Dirent { Ino = ino, Offset = cookie, NameLength = (uint)name.Length, Type = type };
        return true;
    }

    public bool TryAddDirentPlus(int size, in EntryReply entry, ulong ino, ulong cookie, DirentType type, ReadOnlySpan<byte> name)
    {
        byte* record = ReserveRecord(size, sizeof(DirentPlus), name);
        if (record == null)
        {
            return false;
        }

        DirentPlus* plus = (DirentPlus*)record;
        plus->Entry = entry;
        plus->Dirent = new Dirent { Ino = ino, Offset = cookie, NameLength = (uint)name.Length, Type = type };
        return true;
    }

    /// <summary>Ends a request that has no reply.</summary>
    public void Drop(long ticket)
    {
        if (Take(ticket))
        {
            Finish(0);
        }
    }

    /// <summary>Gives the pages back to the system, but keeps the addresses: a stale span then reads zeros and does not fault.</summary>
    public void ReleasePages() => _ = LibC.madvise(_memory, MappingLength, LibC.MADV_DONTNEED);

    /// <summary>Frees the memory. Nobody may hold the buffer.</summary>
    public void Dispose()
    {
        _interrupt?.Dispose();
        ((IDisposable)_data).Dispose();
        _ = LibC.munmap(_memory, MappingLength);
    }

    private ReadOnlySpan<byte> Rest(int fixedSize) => new(ArgumentStart + fixedSize, Math.Max(0, ArgumentLength - fixedSize));

    private byte* ReserveRecord(int size, int fixedSize, ReadOnlySpan<byte> name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(name.Length - 1), 1023u, nameof(name));
        int length = (fixedSize + name.Length + 7) & ~7;
        if (length > size - _listingLength)
        {
            return null;
        }

        byte* record = _memory + PageSize + _listingLength;
        Span<byte> tail = new(record + fixedSize, length - fixedSize);
        name.CopyTo(tail);
        tail[name.Length..].Clear();
        _listingLength += length;
        return record;
    }

    private bool Take(long ticket)
    {
        bool taken = Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) == ticket;

        // An answer and the answer to an interrupt may race; whoever loses gets false.
        Debug.Assert(taken || IsInterrupted(ticket), "a request was answered twice");
        return taken;
    }

    private int SendScratch(int error, int bodyLength)
    {
        Debug.Assert(sizeof(OutHeader) + bodyLength <= ScratchSize, "a fixed reply outgrew its place");
        int length = sizeof(OutHeader) + bodyLength;
        *(OutHeader*)_memory = new OutHeader { Length = (uint)length, Error = -error, Unique = Unique };
        return _channel.Write(_memory, length);
    }

    private int SendGathered(int structLength, ReadOnlySpan<byte> bytes)
    {
        int headLength = sizeof(OutHeader) + structLength;
        *(OutHeader*)_memory = new OutHeader { Length = (uint)(headLength + bytes.Length), Unique = Unique };
        fixed (byte* body = bytes)
        {
            IOVector* vectors = stackalloc IOVector[2];
            vectors[0] = new IOVector(_memory, (nuint)headLength);
            vectors[1] = new IOVector(body, (nuint)bytes.Length);
            return _channel.WriteVector(vectors, bytes.IsEmpty ? 1 : 2);
        }
    }

    private bool Finish(int written)
    {
        if (written < 0)
        {
            _pool.ReportReplyError(this, (Errno)(-written));
        }

        if (_interrupt is not null)
        {
            lock (_interruptLock)
            {
                _interrupt = null;
            }
        }

        _pool.RequestFinished();
        if (Interlocked.Exchange(ref _handoff, 1) == 1)
        {
            _pool.Return(this);
        }

        return written >= 0;
    }
}
