using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Cache;

/// <summary>What every content of a cache uses together.</summary>
internal sealed class CacheParts
{
    // After the device answered ENOSPC, nothing is fetched beyond what was asked for, for this long.
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(5);

    // Others may take what was released for this one; who never gets any must fail in the end.
    private const int RoomTries = 16;

    private long _fullUntil = long.MinValue;
    private int _running;
    private TaskCompletionSource? _idle;

    internal required IMetadataStore Store { get; init; }

    internal required IContentSource Source { get; init; }

    internal required TierOptions Tier { get; init; }

    internal required TierFiles Files { get; init; }

    internal required MemoryBudget Memory { get; init; }

    internal required TimeProvider Time { get; init; }

    internal required ILogger Logger { get; init; }

    internal required CacheCounters Counters { get; init; }

    internal required FileRemoval Removal { get; init; }

    internal required string Boot { get; init; }

    /// <summary>Who commits, for the change feed: the cache.</summary>
    internal required object Origin { get; init; }

    /// <summary>Fires when the cache stops.</summary>
    internal required CancellationToken Stopping { get; init; }

    /// <summary>Contents that hold loaded bytes no flush covered yet.</summary>
    internal required UnsyncedContents Unsynced { get; init; }

    /// <summary>Set before the first content is opened.</summary>
    internal AutomaticRelease Release { get; set; } = null!;

    internal long MaxReadAhead => Math.Max(0, Math.Min(Tier.MaxReadAhead, Memory.Limit / 4));

    /// <summary>Largest request, bytes: whole pages, and never so large that the budget could not grant a few at a time.</summary>
    internal int MaxRequest
    {
        get
        {
            long most = Math.Min(Tier.MaxRequest, Math.Max(PageMap.PageSize, Memory.Limit / 4));
            return (int)(most / PageMap.PageSize * PageMap.PageSize);
        }
    }

    internal bool IsFull => Time.GetTimestamp() < Volatile.Read(ref _fullUntil);

    /// <summary>Notes that the tier is full; true when that was not known (one log line for each spell).</summary>
    internal bool NoteFull()
    {
        bool known = IsFull;
        Volatile.Write(ref _fullUntil, Time.GetTimestamp() + (long)(FullFor.TotalSeconds * Time.TimestampFrequency));
        return !known;
    }

    /// <summary>Something was released: what needs room may try again at once.</summary>
    internal void NoteRoom() => Volatile.Write(ref _fullUntil, long.MinValue);

    /// <summary>Does what needs room on the tier, again after something was released, as long as that helps.</summary>
    /// <exception cref="CacheException">ENOSPC: nothing more can be released; and whatever else it failed with.</exception>
    internal async ValueTask WithRoomAsync(long bytes, Func<ValueTask> work, CancellationToken cancel)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                await work().ConfigureAwait(false);
                return;
            }
            catch (CacheException e) when (e.Errno == Errno.ENOSPC && tries < RoomTries)
            {
                if (!await Release.MakeRoomAsync(bytes, cancel).ConfigureAwait(false))
                    throw;
            }
        }
    }

    /// <summary>Makes every commit so far survive a power loss.</summary>
    /// <exception cref="CacheException">EIO: they may not.</exception>
    internal async ValueTask SyncStoreAsync(CancellationToken cancel)
    {
        try
        {
            await Store.SyncAsync(cancel).ConfigureAwait(false);
        }
        catch (MetadataStoreException e)
        {
            throw new CacheException(Errno.EIO, $"The metadata could not be flushed: {e.Message}", e);
        }
    }

    /// <summary>Runs work that nobody awaits and that handles its own failures, off the caller's thread.</summary>
    internal void Run(Func<Task> work)
    {
        Interlocked.Increment(ref _running);
        _ = Task.Run(async () =>
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            finally
            {
                if (Interlocked.Decrement(ref _running) == 0)
                    Volatile.Read(ref _idle)?.TrySetResult();
            }
        });
    }

    /// <summary>Completes when no such work is under way.</summary>
    internal Task WhenIdleAsync()
    {
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _idle, idle);
        if (Volatile.Read(ref _running) == 0)
            idle.TrySetResult();
        return idle.Task;
    }
}
