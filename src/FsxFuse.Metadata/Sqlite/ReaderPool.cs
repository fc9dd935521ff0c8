namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// Reading connections with their prepared statements. Each read is one transaction of its own, so it sees every commit that has
/// returned. Taking and giving back is a compare-and-swap; when all are out, one more is opened for the moment.
/// </summary>
internal sealed class ReaderPool : IDisposable
{
    private readonly Reader?[] _idle;
    private readonly Func<Database> _open;
    private volatile bool _closed;

    public ReaderPool(int size, Func<Database> open)
    {
        _idle = new Reader?[Math.Max(1, size)];
        _open = open;
    }

    /// <summary>Takes a connection until the lease is disposed.</summary>
    public Lease Rent(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_closed, typeof(SqliteMetadataStore));
        int start = Environment.CurrentManagedThreadId % _idle.Length;
        for (int i = 0; i < _idle.Length; i++)
        {
            ref Reader? slot = ref _idle[(start + i) % _idle.Length];
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } reader)
                return new Lease(this, reader);
        }

        return new Lease(this, new Reader(_open()));
    }

    public void Dispose()
    {
        _closed = true;
        for (int i = 0; i < _idle.Length; i++)
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
    }

    private void Return(Reader reader)
    {
        int start = Environment.CurrentManagedThreadId % _idle.Length;
        for (int i = 0; i < _idle.Length && !_closed; i++)
        {
            ref Reader? slot = ref _idle[(start + i) % _idle.Length];
            if (slot is null && Interlocked.CompareExchange(ref slot, reader, null) is null)
            {
                // Closed in between: whoever comes last empties the slot.
                if (_closed)
                    Interlocked.Exchange(ref slot, null)?.Dispose();
                return;
            }
        }

        reader.Dispose();
    }

    /// <summary>A reading connection in use by one thread.</summary>
    internal readonly ref struct Lease(ReaderPool pool, Reader reader)
    {
        public Reader Reader => reader;

        public void Dispose() => pool.Return(reader);
    }
}
