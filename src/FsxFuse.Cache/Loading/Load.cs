using System.Buffers;

namespace FsxFuse.Cache;

/// <summary>
/// One range under way from the source to a content file. Readers that need it wait for <see cref="Data"/> and copy from its buffer
/// while the bytes are still being written to disk. The buffer and its budget go back when the last reference is dropped.
/// Fields without a remark are set before the load is shared.
/// </summary>
internal sealed class Load
{
    private int _references = 1;
    private byte[]? _buffer;
    private BudgetLease _lease;

    internal Load(long start, long end, ContentOrigin origin)
    {
        Start = start;
        End = end;
        Origin = origin;
    }

    /// <summary>First byte; on a page boundary.</summary>
    internal long Start { get; }

    /// <summary>End, bytes (exclusive): on a page boundary or at the end of the source.</summary>
    internal long End { get; }

    internal int Length => (int)(End - Start);

    /// <summary>The version it reads. Changed only by its runner.</summary>
    internal ContentOrigin Origin { get; set; }

    /// <summary>The memory reservation under way; awaited by the runner. Asked for in the order in which loads are made.</summary>
    internal required Task<BudgetLease> Reservation { get; init; }

    /// <summary>Truncated away: its bytes must not be used by readers that look again. Guarded by the content's lock.</summary>
    internal bool Stale { get; set; }

    /// <summary>Its bytes are not to be written to the content file. Guarded by the content's lock.</summary>
    internal bool Dropped { get; set; }

    /// <summary>Completes when the bytes are in memory, or with the failure.</summary>
    internal TaskCompletionSource Data { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes after the bytes were written and their map committed (null), or not: with the reason. Never faults.</summary>
    internal TaskCompletionSource<CacheException?> Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The bytes; valid while a reference is held and after <see cref="Data"/> completed.</summary>
    internal Memory<byte> Bytes => _buffer.AsMemory(0, Length);

    internal void Allocate(BudgetLease lease)
    {
        _lease = lease;
        _buffer = ArrayPool<byte>.Shared.Rent(Length);
    }

    /// <summary>Takes a reference; only under the content's lock while the load is listed.</summary>
    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _lease.Dispose();
        _lease = default;
    }
}
