using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Looks into directories that were never listed. One request answers whether a directory exists and whether it has a marker (without one
/// its attributes need no HEAD), and it is the first of those that list it: kept for a moment, since whoever asks about
/// a directory usually reads it next.
/// </summary>
internal sealed class FirstPages(ImportContext context) : IDisposable
{
    private const int MaxHeld = 64;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, (FirstPage Page, ITimer Expiry)> _held = [];
    private bool _disposed;

    /// <summary>Asks for the first page. The caller disposes it, or has it held.</summary>
    public async Task<FirstPage> FetchAsync(long directory, Link link, string prefix, CancellationToken cancel)
    {
        long began = context.NowNs;
        NameWindow taken = context.Tracker.Open(directory);
        try
        {
            IReadOnlyList<string> queued = await context.Store.GetQueuedKeysAsync(link.Id, prefix, cancel).ConfigureAwait(false);
            bool moves = await context.Moves.HasUnderAsync(link.Id, prefix, cancel).ConfigureAwait(false);
            ListPage page = await link.Store.ListAsync(new ListRequest { Prefix = prefix, Delimiter = "/" }, cancel).ConfigureAwait(false);
            return new FirstPage(link.Id, prefix, began, taken)
            {
                Tombstones = new Tombstones(prefix, queued),
                IsSettled = queued.Count == 0 && !moves,
                Page = page,
            };
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a page for the listing that may follow; it is disposed with that, or before long.</summary>
    public void Hold(long directory, FirstPage page)
    {
        lock (_lock)
        {
            if (!_disposed && page.IsSettled && _held.Count < MaxHeld)
            {
                Remove(directory)?.Dispose();
                _held.Add(directory, (page, context.Time.CreateTimer(_ => Expire(directory, page), null, Lifetime, Timeout.InfiniteTimeSpan)));
                return;
            }
        }
        page.Dispose();
    }

    /// <summary>Takes a directory's page, if one of where its objects are now is held.</summary>
    public FirstPage? Take(DirectoryRow directory)
    {
        lock (_lock)
        {
            if (Remove(directory.Id) is not { } page)
                return null;
            if (page.LinkId == directory.LinkId && page.Prefix == (directory.Prefix ?? ""))
                return page;
            page.Dispose();
            return null;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (long directory in _held.Keys.ToArray())
                Remove(directory)?.Dispose();
        }
    }

    private void Expire(long directory, FirstPage page)
    {
        lock (_lock)
        {
            if (_held.TryGetValue(directory, out (FirstPage Page, ITimer Expiry) held) && held.Page == page)
                Remove(directory)?.Dispose();
        }
    }

    // Under the lock.
    private FirstPage? Remove(long directory)
    {
        if (!_held.Remove(directory, out (FirstPage Page, ITimer Expiry) held))
            return null;
        held.Expiry.Dispose();
        return held.Page;
    }
}
