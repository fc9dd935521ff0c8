using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>
/// The old prefixes of directories that were moved and whose objects have not followed yet. Objects there belong to the directory's new
/// place, so no listing may show them under the old one. Learned from the queue once and from commits since; a hit is checked
/// against the queue, which is how finished moves are forgotten.
/// </summary>
internal sealed class MoveIndex(IMetadataStore store) : IDisposable
{
    private const int PageSize = 1000;

    private readonly Lock _lock = new();
    private readonly SortedSet<(string Prefix, int Link, long Directory)> _moves = new(Comparer<(string Prefix, int Link, long Directory)>.Create(Compare));
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile bool _loaded;

    /// <summary>Called for every commit, from the committing thread.</summary>
    public void Note(Batch batch)
    {
        foreach (RowWrite write in batch.Writes)
        {
            if (write is RowWrite.QueueExport { Row: { Kind: ExportKind.Move, LinkId: not 0 } row })
            {
                lock (_lock)
                    _moves.Add((row.Key, row.LinkId, row.Subject));
            }
        }
    }

    public void Dispose() => _loading.Dispose();

    /// <summary>Whether objects at this prefix or anywhere below it belong to a directory that was moved away.</summary>
    /// <param name="linkId">The link.</param>
    /// <param name="prefix">A key prefix that ends in '/'.</param>
    /// <param name="cancel">Cancels.</param>
    public ValueTask<bool> HasUnderAsync(int linkId, string prefix, CancellationToken cancel) => HasAsync(linkId, prefix, prefix + '\uffff', 0, cancel);

    /// <summary>Whether the objects of exactly this prefix belong to a moved directory other than <paramref name="except"/>.</summary>
    public ValueTask<bool> HasAtAsync(int linkId, string prefix, long except, CancellationToken cancel) => HasAsync(linkId, prefix, prefix, except, cancel);

    private async ValueTask<bool> HasAsync(int linkId, string from, string to, long except, CancellationToken cancel)
    {
        if (!_loaded)
            await LoadAsync(cancel).ConfigureAwait(false);
        while (Find(linkId, from, to, except) is { } move)
        {
            if (await store.GetExportAsync(ExportKind.Move, move.Link, move.Directory, move.Prefix, cancel).ConfigureAwait(false) is not null)
                return true;
            lock (_lock)
                _moves.Remove(move);
            // Queued again between the two: its commit may have been noted before the removal.
            if (await store.GetExportAsync(ExportKind.Move, move.Link, move.Directory, move.Prefix, cancel).ConfigureAwait(false) is not null)
            {
                lock (_lock)
                    _moves.Add(move);
                return true;
            }
        }
        return false;
    }

    private (string Prefix, int Link, long Directory)? Find(int linkId, string from, string to, long except)
    {
        lock (_lock)
        {
            if (_moves.Count == 0)
                return null;
            foreach ((string Prefix, int Link, long Directory) move in _moves.GetViewBetween((from, 0, 0), (to, int.MaxValue, long.MaxValue)))
            {
                if (move.Link == linkId && move.Directory != except)
                    return move;
            }
            return null;
        }
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        await _loading.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            long after = 0;
            while (!_loaded)
            {
                IReadOnlyList<ExportRow> page = await store.GetExportsAsync(long.MaxValue, after, PageSize, cancel).ConfigureAwait(false);
                lock (_lock)
                {
                    foreach (ExportRow row in page.Where(r => r is { Kind: ExportKind.Move, LinkId: not 0 }))
                        _moves.Add((row.Key, row.LinkId, row.Subject));
                }
                if (page.Count == 0)
                    _loaded = true;
                else
                    after = page[^1].Id;
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    private static int Compare((string Prefix, int Link, long Directory) a, (string Prefix, int Link, long Directory) b)
    {
        int order = string.CompareOrdinal(a.Prefix, b.Prefix);
        if (order == 0)
            order = a.Link.CompareTo(b.Link);
        return order != 0 ? order : a.Directory.CompareTo(b.Directory);
    }
}
