using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>
/// What a cache does beside its requests: once, a scan of the content files (space used, files that belong to nothing, changed contents
/// whose file is missing); then, every minute, one flush of the tier after which loaded bytes count as stable.
/// </summary>
internal sealed class Upkeep
{
    private const int PageSize = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ContentCache _cache;
    private readonly CacheParts _parts;
    private Task _work = Task.CompletedTask;

    internal Upkeep(ContentCache cache, CacheParts parts)
    {
        _cache = cache;
        _parts = parts;
    }

    /// <summary>Completes when the scan has ended.</summary>
    internal TaskCompletionSource Scanned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Start() => _work = Task.Run(() => WorkAsync(_parts.Stopping));

    /// <summary>Completes when the work has ended, which it does when the cache stops.</summary>
    internal Task WhenStoppedAsync() => _work;

    /// <summary>Flushes the tier, then records that what was loaded before is stable.</summary>
    internal async Task FlushLoadedAsync(CancellationToken cancel)
    {
        var loaded = new List<(Content Content, int Loads)>();
        try
        {
            foreach (long id in _parts.Unsynced.Take())
            {
                try
                {
                    Content content = await _cache.OpenAsync(id, cancel).ConfigureAwait(false);
                    loaded.Add((content, content.UnsyncedLoads));
                }
                catch (CacheException)
                {
                    // Deleted meanwhile.
                }
            }

            if (loaded.Count == 0)
                return;
            await Task.Run(_parts.Files.SyncAll, cancel).ConfigureAwait(false);
            foreach ((Content content, int loads) in loaded)
            {
                try
                {
                    await content.MarkStableAsync(loads, cancel).ConfigureAwait(false);
                }
                catch (CacheException)
                {
                    // Deleted meanwhile, or the store is full: it is only trusted less after a power loss.
                }
            }
        }
        finally
        {
            foreach ((Content content, _) in loaded)
                content.Dispose();
        }
    }

    private async Task WorkAsync(CancellationToken cancel)
    {
        try
        {
            await TryAsync(() => ScanAsync(cancel)).ConfigureAwait(false);
            Scanned.TrySetResult();
            using var timer = new PeriodicTimer(Interval, _parts.Time);
            while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
                await TryAsync(() => FlushLoadedAsync(cancel)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Scanned.TrySetResult();
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is MetadataStoreException or CacheException or IOException or UnauthorizedAccessException)
        {
            CacheLog.BackgroundFailed(_parts.Logger, e.Message, e);
        }
    }

    private async Task ScanAsync(CancellationToken cancel)
    {
        int removed = 0;
        foreach (long id in _parts.Files.Enumerate())
        {
            cancel.ThrowIfCancellationRequested();
            ContentRow? row = await _parts.Store.GetContentAsync(id, cancel).ConfigureAwait(false);
            if (row is not null && (row.Flags & ContentFlags.Cached) != 0)
                _parts.Files.CountFound(id);
            else if (row is null ? _parts.Files.Remove(id) : await RemoveUncachedAsync(id, cancel).ConfigureAwait(false))
                removed++;
        }

        _parts.Files.EndScan();
        if (removed > 0)
            CacheLog.Swept(_parts.Logger, removed);
        await FindMissingAsync(cancel).ConfigureAwait(false);
    }

    // Ids are never used twice and a row is committed before its file is made: a file listed without a row belongs to nothing. One
    // whose row says "not cached" may be in the making, which the gate tells.
    private async Task<bool> RemoveUncachedAsync(long id, CancellationToken cancel)
    {
        try
        {
            using Content content = await _cache.OpenAsync(id, cancel).ConfigureAwait(false);
            await content.Gate.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                return content.File is null && (content.Row.Flags & ContentFlags.Cached) == 0 && _parts.Files.Remove(id);
            }
            finally
            {
                content.Gate.Release();
            }
        }
        catch (CacheException)
        {
            return false;
        }
    }

    private async Task FindMissingAsync(CancellationToken cancel)
    {
        long after = 0;
        while (true)
        {
            IReadOnlyList<ContentRow> rows = await _parts.Store.GetContentsAsync(ContentFlags.Cached | ContentFlags.Dirty, after, PageSize, cancel).ConfigureAwait(false);
            foreach (ContentRow row in rows)
            {
                after = row.Id;
                if (_parts.Files.Exists(row.Id))
                    continue;
                try
                {
                    // Opening looks into it, and reports it.
                    (await _cache.OpenAsync(row.Id, cancel).ConfigureAwait(false)).Dispose();
                }
                catch (CacheException)
                {
                    // Reported.
                }
            }

            if (rows.Count < PageSize)
                return;
        }
    }
}
