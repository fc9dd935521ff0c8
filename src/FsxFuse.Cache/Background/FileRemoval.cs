using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Cache;

/// <summary>
/// What has to wait until commits survive a power loss: removing the files of deleted contents, releasing an exported one, and making a file
/// anew for a released one. Many share one flush of the store, a moment later. Thread-safe.
/// </summary>
internal sealed class FileRemoval
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly IMetadataStore _store;
    private readonly TierFiles _files;
    private readonly CacheCounters _counters;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, long> _unstable = [];
    private List<long> _discarded = [];
    private long _ticket;
    private bool _syncPending;
    private Task _worker = Task.CompletedTask;
    private bool _working;

    internal FileRemoval(IMetadataStore store, TierFiles files, CacheCounters counters, ILogger logger)
    {
        _store = store;
        _files = files;
        _counters = counters;
        _logger = logger;
    }

    /// <summary>The content's row was deleted by a commit: its file goes once that is stable.</summary>
    internal void Discard(long id)
    {
        lock (_lock)
        {
            _discarded.Add(id);
            Wake();
        }
    }

    /// <summary>A commit made the content clean or released it: what may be done to its file hangs on that.</summary>
    internal void NoteUnstable(long id)
    {
        lock (_lock)
        {
            _unstable[id] = ++_ticket;
            Wake();
        }
    }

    /// <summary>Waits until the last commit of this content that was noted, if there was one, is stable.</summary>
    internal ValueTask WhenStableAsync(long id, CancellationToken cancel)
    {
        long ticket;
        lock (_lock)
        {
            if (!_unstable.TryGetValue(id, out ticket))
                return ValueTask.CompletedTask;
        }

        return SyncAsync();

        async ValueTask SyncAsync()
        {
            try
            {
                await _store.SyncAsync(cancel).ConfigureAwait(false);
            }
            catch (MetadataStoreException e)
            {
                throw new CacheException(Errno.EIO, $"The metadata could not be flushed: {e.Message}", e);
            }

            Forget(id, ticket);
        }
    }

    /// <summary>Completes when everything asked for so far is done, or failed.</summary>
    internal Task WhenDoneAsync()
    {
        lock (_lock)
            return _worker;
    }

    private void Wake()
    {
        _syncPending = true;
        if (_working)
            return;
        _working = true;
        _worker = Task.Run(WorkAsync);
    }

    private async Task WorkAsync()
    {
        int failures = 0;
        while (true)
        {
            await Task.Delay(failures == 0 ? Gather : RetryAfter).ConfigureAwait(false);
            List<long> discarded;
            KeyValuePair<long, long>[] unstable;
            lock (_lock)
            {
                discarded = _discarded;
                _discarded = [];
                unstable = [.. _unstable];
                _syncPending = false;
            }

            try
            {
                await _store.SyncAsync().ConfigureAwait(false);
                foreach ((long id, long ticket) in unstable)
                    Forget(id, ticket);
                while (discarded.Count > 0)
                {
                    if (_files.Remove(discarded[^1]))
                        _counters.Discard();
                    discarded.RemoveAt(discarded.Count - 1);
                }

                failures = 0;
            }
            catch (Exception e) when (e is MetadataStoreException or CacheException or ObjectDisposedException)
            {
                CacheLog.BackgroundFailed(_logger, e.Message, e);
                lock (_lock)
                    _discarded.AddRange(discarded);
                failures++;
            }

            lock (_lock)
            {
                // What is left after several failures is removed by the scan of the next start.
                if ((_discarded.Count == 0 && !_syncPending) || failures > 3)
                {
                    _working = false;
                    return;
                }
            }
        }
    }

    private void Forget(long id, long ticket)
    {
        lock (_lock)
        {
            if (_unstable.TryGetValue(id, out long newest) && newest == ticket)
                _unstable.Remove(id);
        }
    }
}
