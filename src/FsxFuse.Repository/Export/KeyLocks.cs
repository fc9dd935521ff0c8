namespace FsxFuse.Repository.Export;

/// <summary>
/// One owner at a time for each key: whoever writes, deletes or copies from an object holds its key, and decides what to do while
/// holding it. Several keys are always taken in one order, so that no two owners wait for each other.
/// </summary>
internal sealed class KeyLocks
{
    private readonly Dictionary<(int Link, string Key), Holder> _held = [];

    /// <summary>Takes one or two keys (the same one twice counts once). Dispose the result to give them back.</summary>
    public async ValueTask<Lease> AcquireAsync((int Link, string Key) one, (int Link, string Key)? other, CancellationToken cancel)
    {
        if (other is not { } second || second == one)
        {
            await WaitAsync(one, cancel).ConfigureAwait(false);
            return new Lease(this, one, null);
        }
        (var low, var high) = Compare(one, second) < 0 ? (one, second) : (second, one);
        await WaitAsync(low, cancel).ConfigureAwait(false);
        try
        {
            await WaitAsync(high, cancel).ConfigureAwait(false);
        }
        catch
        {
            Release(low);
            throw;
        }
        return new Lease(this, low, high);
    }

    private static int Compare((int Link, string Key) a, (int Link, string Key) b) =>
        a.Link != b.Link ? a.Link.CompareTo(b.Link) : string.CompareOrdinal(a.Key, b.Key);

    private async ValueTask WaitAsync((int, string) key, CancellationToken cancel)
    {
        Holder? holder;
        lock (_held)
        {
            if (!_held.TryGetValue(key, out holder))
                _held.Add(key, holder = new Holder());
            holder.Users++;
        }
        try
        {
            await holder.Turn.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            Forget(key, holder);
            throw;
        }
    }

    private void Release((int, string) key)
    {
        Holder holder;
        lock (_held)
            holder = _held[key];
        holder.Turn.Release();
        Forget(key, holder);
    }

    private void Forget((int, string) key, Holder holder)
    {
        lock (_held)
        {
            if (--holder.Users > 0)
                return;
            _held.Remove(key);
        }
        holder.Turn.Dispose();
    }

    private sealed class Holder
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users;
    }

    /// <summary>The right to one or two keys.</summary>
    internal sealed class Lease(KeyLocks locks, (int, string) one, (int, string)? other) : IDisposable
    {
        private bool _released;

        public void Dispose()
        {
            if (_released)
                return;
            _released = true;
            if (other is { } second)
                locks.Release(second);
            locks.Release(one);
        }
    }
}
