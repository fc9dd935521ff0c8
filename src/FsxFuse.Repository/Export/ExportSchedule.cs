using FsxFuse.Metadata;

namespace FsxFuse.Repository.Export;

/// <summary>
/// Which entries are in work and which wait for which. An entry is worked on once at a time; one that must wait gives its turn and its
/// locks back and is taken up again when the other has ended, so that nothing waits while it holds something. Entries that wait for
/// one another in a circle are found when the circle closes, and broken there.
/// </summary>
internal sealed class ExportSchedule(ExportContext context, EntryExport entries, OutcomeStore outcomes, Action changed, CancellationToken stop) : IDisposable
{
    // An entry whose obstacles never end is given back to the queue.
    private const int MaxRounds = 64;

    // Names that change under the worker this often in a row are left for later.
    private const int MaxLooks = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<EntryId, Scheduled> _scheduled = [];
    private readonly Dictionary<EntryId, List<Scheduled>> _waiters = [];
    private readonly HashSet<Task> _tasks = [];
    private readonly SemaphoreSlim _small = new(context.Options.Concurrency, context.Options.Concurrency);
    private readonly SemaphoreSlim _large = new(context.Options.LargeFiles, context.Options.LargeFiles);

    /// <summary>Entries in work or waiting for others.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _scheduled.Count;
        }
    }

    public bool Contains(EntryId id)
    {
        lock (_lock)
            return _scheduled.ContainsKey(id);
    }

    /// <summary>Waits for a turn and starts an entry; nothing is done when it is in work already.</summary>
    public async ValueTask StartInTurnAsync(EntryId id)
    {
        await _small.WaitAsync(stop).ConfigureAwait(false);
        lock (_lock)
        {
            if (!_scheduled.ContainsKey(id))
            {
                Add(id, forced: false, inTurn: true);
                return;
            }
        }
        _small.Release();
    }

    /// <summary>Has an entry done as soon as there is a turn, whatever the link's policy and whenever it would be due.</summary>
    public Task<Outcome> Force(EntryId id)
    {
        lock (_lock)
        {
            if (!_scheduled.TryGetValue(id, out Scheduled? entry))
                entry = Add(id, forced: true, inTurn: false);
            entry.Forced = true;
            return entry.Done.Task;
        }
    }

    /// <summary>Waits until what was begun has ended (after <c>stop</c> was cancelled).</summary>
    public async Task StoppedAsync()
    {
        while (true)
        {
            Task[] tasks;
            lock (_lock)
                tasks = [.. _tasks];
            if (tasks.Length == 0)
                return;
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _small.Dispose();
        _large.Dispose();
    }

    private Scheduled Add(EntryId id, bool forced, bool inTurn)
    {
        Scheduled entry = new(id, forced);
        _scheduled.Add(id, entry);
        Launch(entry, inTurn);
        return entry;
    }

    // Called with the lock held.
    private void Launch(Scheduled entry, bool inTurn)
    {
        Task task = Task.Run(() => WorkAsync(entry, new Turn(_small, _large, inTurn)), CancellationToken.None);
        _tasks.Add(task);
        task.ContinueWith(
            ended =>
            {
                lock (_lock)
                    _tasks.Remove(ended);
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task WorkAsync(Scheduled entry, Turn turn)
    {
        try
        {
            while (true)
            {
                await turn.EnterAsync(stop).ConfigureAwait(false);
                (Outcome outcome, ExportRow? row) = await LookAsync(entry, turn).ConfigureAwait(false);
                if (outcome.Kind == OutcomeKind.Blocked)
                {
                    if (entry.Rounds < MaxRounds)
                    {
                        if (Block(entry, outcome.On))
                            return;
                        continue;
                    }
                    outcome = Outcome.Failed(new ExportException(FsxErrorCode.ResourceBusy, $"{entry.Id} waits for {outcome.On}, which changes all the time.", permanent: false));
                }
                if (row is not null)
                    await outcomes.StoreAsync(row, outcome, stop).ConfigureAwait(false);
                End(entry, outcome);
                return;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            lock (_lock)
                _scheduled.Remove(entry.Id);
            entry.Done.TrySetCanceled(stop);
        }
        catch (Exception e)
        {
            // The store itself failed: the entry is still in it.
            ExportLog.Unexpected(context.Logger, entry.Id.ToString(), e);
            End(entry, Outcome.Failed(new ExportException(FsxErrorCode.InternalError, e.Message, permanent: false, e)));
        }
        finally
        {
            turn.Leave();
        }
    }

    private async ValueTask<(Outcome Outcome, ExportRow? Row)> LookAsync(Scheduled entry, Turn turn)
    {
        EntryId id = entry.Id;
        ExportRow? row = null;
        for (int look = 0; look < MaxLooks; look++)
        {
            row = await context.Store.GetExportAsync(id.Kind, id.LinkId, id.Subject, id.Key, stop).ConfigureAwait(false);
            if (row is null)
                return (Outcome.Done, null);
            Outcome outcome = await outcomes.GuardAsync(row, () => entries.RunAsync(new ExportJob(row, entry.Forced, entry.Break, turn.EnterLargeAsync), stop), stop)
                .ConfigureAwait(false);
            if (outcome.Kind != OutcomeKind.Again)
                return (outcome, row);
        }
        return (Outcome.Failed(new ExportException(FsxErrorCode.ResourceBusy, $"{id} changes faster than it can be exported.", permanent: false)), row);
    }

    /// <summary>Makes an entry wait; false when that would close a circle, which the entry is then to break.</summary>
    private bool Block(Scheduled entry, EntryId on)
    {
        lock (_lock)
        {
            entry.Rounds++;
            EntryId at = on;
            while (at != entry.Id && _scheduled.TryGetValue(at, out Scheduled? next) && next.BlockedOn is { } further)
                at = further;
            if (at == entry.Id)
            {
                entry.Break = on;
                return false;
            }
            entry.BlockedOn = on;
            if (!_waiters.TryGetValue(on, out List<Scheduled>? waiting))
                _waiters.Add(on, waiting = []);
            waiting.Add(entry);
            if (_scheduled.TryGetValue(on, out Scheduled? obstacle))
                obstacle.Forced = true;
            else
                Add(on, forced: true, inTurn: false);
            return true;
        }
    }

    private void End(Scheduled entry, Outcome outcome)
    {
        List<Scheduled>? waiting;
        if (entry.Id.Kind == ExportKind.Inode)
            context.Counters.Ended(entry.Id.Subject);
        lock (_lock)
        {
            _scheduled.Remove(entry.Id);
            if (_waiters.Remove(entry.Id, out waiting))
            {
                foreach (Scheduled waiter in waiting)
                    waiter.BlockedOn = null;
                if (outcome.Kind == OutcomeKind.Done || outcome.Kind == OutcomeKind.Parked)
                {
                    foreach (Scheduled waiter in waiting)
                        Launch(waiter, inTurn: false);
                    waiting = null;
                }
            }
        }
        entry.Done.TrySetResult(outcome);
        changed();
        // What waited for something that cannot be done now cannot be done now either.
        foreach (Scheduled waiter in waiting ?? [])
            _ = GiveUpAsync(waiter, entry.Id, outcome);
    }

    private async Task GiveUpAsync(Scheduled waiter, EntryId obstacle, Outcome outcome)
    {
        string reason = outcome.Error?.Message ?? "it is open for writing";
        Outcome failed = Outcome.Failed(new ExportException(
            outcome.Error?.Code ?? FsxErrorCode.ResourceBusy, $"waits for {obstacle}: {reason}", outcome.Error?.IsPermanent ?? false));
        try
        {
            EntryId id = waiter.Id;
            if (await context.Store.GetExportAsync(id.Kind, id.LinkId, id.Subject, id.Key, stop).ConfigureAwait(false) is { } row)
                await outcomes.StoreAsync(row, failed, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MetadataStoreException or OperationCanceledException)
        {
            // It is still queued, and due.
        }
        End(waiter, failed);
    }
}
