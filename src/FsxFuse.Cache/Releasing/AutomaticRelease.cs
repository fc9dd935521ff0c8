using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>
/// Releases contents by itself: when the tier is fuller than its high water mark, down to the low one, and whenever somebody finds no room. The
/// least recently used go first; what was changed, pinned or is open stays. One run at a time. Thread-safe.
/// </summary>
internal sealed class AutomaticRelease(ContentCache cache, CacheParts parts)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // A run that found too little would find no more a moment later, and looking costs a look at every content.
    private static readonly TimeSpan StuckPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EmptyPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoomPoll = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private Task _loop = Task.CompletedTask;
    private Task<long>? _run;
    private long _runFor;
    private ReleaseRule _rule = parts.Tier.Release;
    private long _files, _bytes, _freed, _wanted, _stuckAt, _emptyAt;
    private volatile bool _stuck, _empty;

    /// <summary>May change at any time.</summary>
    public ReleaseRule Rule
    {
        get => Volatile.Read(ref _rule);
        set
        {
            Volatile.Write(ref _rule, value);
            _stuck = _empty = false;
        }
    }

    public ReleaseProgress Progress
    {
        get
        {
            lock (_lock)
                return new ReleaseProgress(Rule, Volatile.Read(ref _files), Volatile.Read(ref _bytes), _run is not null, Volatile.Read(ref _freed), Volatile.Read(ref _wanted), _stuck);
        }
    }

    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Completes when the work has ended, which it does when the cache stops.</summary>
    public async Task WhenStoppedAsync()
    {
        await _loop.ConfigureAwait(false);
        Task? run;
        lock (_lock)
            run = _run;
        if (run is not null)
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Somebody found no room: releases until there is some. False when nothing could be released, and another try would fail as the last one did.
    /// </summary>
    public async ValueTask<bool> MakeRoomAsync(long bytes, CancellationToken cancel)
    {
        while (MayFind)
        {
            Task<long> run = Run(bytes, out bool isEnough);
            // Not to the end of the run: the first that find room go on.
            while (!run.IsCompleted)
            {
                await Task.WhenAny(run, Task.Delay(RoomPoll, parts.Time, cancel)).ConfigureAwait(false);
                cancel.ThrowIfCancellationRequested();
                if (Volatile.Read(ref _freed) > 0 && parts.Files.CanAllocate(bytes))
                    return true;
            }
            if (await run.ConfigureAwait(false) > 0 || isEnough)
                return run.Result > 0 || parts.Files.CanAllocate(bytes);
        }
        return false;
    }

    /// <summary>A load found no room and is served from memory: those to come should find some.</summary>
    public void RoomWanted(long bytes)
    {
        if (MayFind)
            _ = Run(bytes, out _);
    }

    /// <summary>Looks at the marks and releases what is above; returns the bytes given back.</summary>
    internal async Task<long> CheckAsync()
    {
        try
        {
            CacheUsage usage = parts.Files.GetUsage();
            ReleaseRule rule = Rule;
            return rule.IsAutomatic && usage.Used > Mark(usage, rule.HighWater) ? await Run(0, out _).ConfigureAwait(false) : 0;
        }
        catch (CacheException e)
        {
            CacheLog.BackgroundFailed(parts.Logger, e.Message, e);
            return 0;
        }
    }

    private bool MayFind => Rule.IsAutomatic && !(_empty && parts.Time.GetElapsedTime(Volatile.Read(ref _emptyAt)) < EmptyPause);

    /// <summary>The run under way, or a new one; <paramref name="isEnough"/>: it is to make at least so much room.</summary>
    private Task<long> Run(long bytes, out bool isEnough)
    {
        lock (_lock)
        {
            if (_run is null)
            {
                _runFor = bytes;
                _run = Task.Run(() => RunAsync(bytes));
            }
            isEnough = _runFor >= bytes;
            return _run;
        }
    }

    private async Task LoopAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, parts.Time);
            while (await timer.WaitForNextTickAsync(parts.Stopping).ConfigureAwait(false))
            {
                if (!_stuck || parts.Time.GetElapsedTime(Volatile.Read(ref _stuckAt)) >= StuckPause)
                    await CheckAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The cache stops.
        }
    }

    private async Task<long> RunAsync(long bytes)
    {
        long freed = 0;
        try
        {
            CacheUsage usage = parts.Files.GetUsage();
            long above = usage.Used - Mark(usage, Rule.LowWater);
            long wanted = Math.Max(bytes - usage.Free, above);
            Volatile.Write(ref _freed, 0);
            ReleaseSearch search = new(cache, parts);
            // What was chosen may be opened before its turn comes: then others are looked for, as long as that helps.
            for (long before = -1; freed < wanted && freed > before;)
            {
                before = freed;
                IReadOnlyList<ReleaseCandidate> candidates = await search.FindAsync(wanted - freed, parts.Stopping).ConfigureAwait(false);
                (_empty, _emptyAt) = (candidates.Count == 0, parts.Time.GetTimestamp());
                // Who asks for more than there can be fails: what others use goes only as far as the mark says.
                if (candidates.Sum(candidate => candidate.Bytes) < bytes - usage.Free - freed)
                    wanted = above;
                Volatile.Write(ref _wanted, wanted);
                foreach (ReleaseCandidate candidate in candidates)
                {
                    if (freed >= wanted)
                        break;
                    parts.Stopping.ThrowIfCancellationRequested();
                    if (!await ReleaseAsync(candidate).ConfigureAwait(false))
                        continue;
                    freed += candidate.Bytes;
                    Volatile.Write(ref _freed, freed);
                }
            }
            if (freed > 0)
            {
                parts.NoteRoom();
                CacheLog.Released(parts.Logger, parts.Files.Directory, freed);
            }
            SetStuck(freed < above);
            return freed;
        }
        catch (Exception e) when (e is MetadataStoreException or CacheException)
        {
            CacheLog.BackgroundFailed(parts.Logger, e.Message, e);
            return freed;
        }
        catch (OperationCanceledException)
        {
            // The cache stops.
            return freed;
        }
        finally
        {
            lock (_lock)
                _run = null;
        }
    }

    private async ValueTask<bool> ReleaseAsync(ReleaseCandidate candidate)
    {
        if (cache.IsOpen(candidate.Content))
            return false;
        try
        {
            using Content content = await cache.OpenAsync(candidate.Content, parts.Stopping).ConfigureAwait(false);
            var guard = new Guard.InodeVersion(candidate.Inode.Id, candidate.Inode.Version);
            if (await content.ReleaseAsync(batch => batch.Require(guard), parts.Stopping).ConfigureAwait(false) != ReleaseResult.Released)
                return false;
            Interlocked.Increment(ref _files);
            Interlocked.Add(ref _bytes, candidate.Bytes);
            return true;
        }
        catch (Exception e) when (e is GuardFailedException or CacheException { Errno: Errno.ENOENT or Errno.ESTALE })
        {
            // Used, pinned or deleted meanwhile.
            return false;
        }
    }

    private static long Mark(CacheUsage usage, int percent) => (long)(usage.Capacity / 100.0 * percent);

    private void SetStuck(bool stuck)
    {
        if (stuck && !_stuck)
            CacheLog.NothingToRelease(parts.Logger, parts.Files.Directory);
        Volatile.Write(ref _stuckAt, parts.Time.GetTimestamp());
        _stuck = stuck;
    }
}
