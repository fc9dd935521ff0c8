namespace FsxFuse.Cache;

/// <summary>
/// The bytes that buffers of loads, uploads and read-ahead may take together. Waiters are served in order, so that a large
/// request is not starved by small ones. Thread-safe.
/// </summary>
public sealed class MemoryBudget
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private long _used;

    /// <summary>Makes a budget of <paramref name="bytes"/> (at least 1).</summary>
    public MemoryBudget(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Limit = bytes;
    }

    /// <summary>Bytes reserved now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Most bytes that may be reserved together.</summary>
    public long Limit { get; }

    /// <summary>Reserves without waiting; false when it does not fit or others wait before.</summary>
    public bool TryReserve(long bytes, out BudgetLease lease)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_lock)
        {
            if (_waiters.Count == 0 && bytes <= Limit - _used)
            {
                _used += bytes;
                lease = new BudgetLease(this, bytes);
                return true;
            }
        }

        lease = default;
        return false;
    }

    /// <summary>
    /// Reserves, waiting until it fits. More than <see cref="Limit"/> can never fit and is an error: callers work in smaller pieces.
    /// </summary>
    public ValueTask<BudgetLease> ReserveAsync(long bytes, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Limit);
        cancel.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && bytes <= Limit - _used)
            {
                _used += bytes;
                return new ValueTask<BudgetLease>(new BudgetLease(this, bytes));
            }

            waiter = new Waiter(bytes);
            waiter.Node = _waiters.AddLast(waiter);
        }

        return WaitAsync(waiter, cancel);
    }

    internal void Return(long bytes)
    {
        List<Waiter>? granted;
        lock (_lock)
        {
            _used -= bytes;
            granted = Grant();
        }

        Complete(granted);
    }

    private async ValueTask<BudgetLease> WaitAsync(Waiter waiter, CancellationToken cancel)
    {
        using CancellationTokenRegistration registration = cancel.UnsafeRegister(_ => Abandon(waiter, cancel), null);
        return await waiter.Task.ConfigureAwait(false);
    }

    private void Abandon(Waiter waiter, CancellationToken cancel)
    {
        List<Waiter>? granted;
        lock (_lock)
        {
            if (waiter.Node is null)
                return;
            _waiters.Remove(waiter.Node);
            waiter.Node = null;
            granted = Grant();
        }

        waiter.TrySetCanceled(cancel);
        Complete(granted);
    }

    private List<Waiter>? Grant()
    {
        List<Waiter>? granted = null;
        while (_waiters.First is { } first && first.Value.Bytes <= Limit - _used)
        {
            _waiters.RemoveFirst();
            first.Value.Node = null;
            _used += first.Value.Bytes;
            (granted ??= []).Add(first.Value);
        }

        return granted;
    }

    private void Complete(List<Waiter>? granted)
    {
        if (granted is null)
            return;
        foreach (Waiter waiter in granted)
            waiter.SetResult(new BudgetLease(this, waiter.Bytes));
    }

    private sealed class Waiter(long bytes) : TaskCompletionSource<BudgetLease>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Bytes { get; } = bytes;

        /// <summary>Its place in the queue; null once granted or abandoned. Guarded by the budget's lock.</summary>
        public LinkedListNode<Waiter>? Node { get; set; }
    }
}
