using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Export;

/// <summary>
/// Brings the buckets up to date with the namespace: the worker of the durable export queue. It wakes with every commit that queues
/// something and when something is due; what it should do it derives from the namespace as it is then. One for each file system.
/// </summary>
public sealed class Exporter : IAsyncDisposable
{
    private const int PageSize = 256;

    private readonly ExportContext _context;
    private readonly ExportSchedule _schedule;
    private readonly OutcomeStore _outcomes;
    private readonly PartsUpload _parts;
    private readonly ExportDrain _drain;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private IDisposable? _subscription;
    private Task? _loop;
    private long _unparkAtNs;
    private bool _retryFailed;

    /// <summary>Makes the exporter; <see cref="StartAsync"/> sets it to work.</summary>
    /// <param name="fileSystemId">The id (<c>fs-…</c>) that uploads are stamped with.</param>
    /// <param name="store">The file system's metadata.</param>
    /// <param name="links">Its links.</param>
    /// <param name="contents">Its contents.</param>
    /// <param name="names">Reads what was never loaded: directories that were moved before they were listed.</param>
    /// <param name="memory">The budget that upload buffers come from.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="options">How it works; null for the defaults.</param>
    public Exporter(
        string fileSystemId, IMetadataStore store, LinkSet links, ContentCache contents, INamespaceSource names, MemoryBudget memory,
        TimeProvider time, ILogger logger, ExportOptions? options = null)
    {
        object origin = new();
        _context = new ExportContext
        {
            FileSystemId = fileSystemId,
            Store = store,
            Links = links,
            Contents = contents,
            Names = names,
            Memory = memory,
            Time = time,
            Options = options ?? new ExportOptions(),
            Logger = logger,
            Paths = new NamespacePaths(store, links),
            Capabilities = new LinkCapabilities(store, origin),
            Attempts = new AttemptLedger(store, origin),
            Counters = new ExportCounters(time),
            Origin = origin,
        };
        ObjectWriter writer = new(_context);
        ObjectCommit commit = new(_context);
        SourceProtection protection = new(_context, commit);
        ConflictResolution conflicts = new(_context);
        _parts = new PartsUpload(_context, writer);
        ContentUpload upload = new(_context, writer, _parts, commit, conflicts);
        EntryExport entries = new(
            _context,
            protection,
            new FileExport(_context, writer, protection, upload, commit, conflicts),
            new MarkerExport(_context, writer, protection, commit, conflicts),
            new KeyExport(_context, writer, protection, _parts, conflicts),
            new MoveExport(_context));
        _outcomes = new OutcomeStore(_context);
        _schedule = new ExportSchedule(_context, entries, _outcomes, Wake, _stop.Token);
        _drain = new ExportDrain(_context, _schedule, _outcomes);
    }

    /// <summary>Reads what an earlier run left and begins to work in the background. Makes no request itself.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await _context.Attempts.LoadAsync(cancel).ConfigureAwait(false);

        // A write that a crash cut off may have reached a key whose name has moved on since: no other entry need know of it.
        foreach ((int Link, string Key)[] doubtful in _context.Attempts.DoubtfulKeys().Chunk(PageSize))
        {
            Batch batch = _context.NewBatch();
            foreach ((int link, string key) in doubtful)
                batch.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Key, link, 0, key).ToRow(_context.NowNs)));
            await _context.Store.CommitAsync(batch, cancel).ConfigureAwait(false);
        }

        _subscription = _context.Store.Subscribe(OnCommitted);
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>
    /// Exports everything that is queued now, whatever the links' policies, and waits for it.
    /// </summary>
    /// <param name="paths">Paths in the file system, each with all below it; null for everything.</param>
    /// <param name="progress">Told after each entry.</param>
    /// <param name="cancel">Stops waiting and starts no more; what is in work is finished.</param>
    /// <returns>What was done, and what could not be and why: that stays queued.</returns>
    public Task<DrainResult> DrainAsync(IReadOnlyList<string>? paths, IProgress<DrainProgress>? progress, CancellationToken cancel) =>
        _drain.RunAsync(paths, progress, cancel);

    /// <summary>How many entries are queued for paths, each with all below it.</summary>
    public ValueTask<long> CountAsync(IReadOnlyList<string> paths, CancellationToken cancel = default) => _drain.CountAsync(paths, cancel);

    /// <summary>Tries again at once what failed: what was wrong has been mended.</summary>
    public void RetryFailed()
    {
        Volatile.Write(ref _retryFailed, true);
        Volatile.Write(ref _unparkAtNs, _context.NowNs);
        Wake();
    }

    /// <summary>Exports one inode now, whatever the links' policies, and waits for it. Null when the bucket has it as it is here.</summary>
    public async Task<ExportFailure?> ExportAsync(long inode, CancellationToken cancel)
    {
        EntryId id = EntryId.Inode(inode);
        if (await GetEntryAsync(id, cancel).ConfigureAwait(false) is null)
            await _context.Store.CommitAsync(_context.NewBatch().Add(new RowWrite.QueueExport(id.ToRow(_context.NowNs))), cancel).ConfigureAwait(false);
        return await GetEntryAsync(id, cancel).ConfigureAwait(false) is { } row ? await _drain.ForceAsync(row, cancel).ConfigureAwait(false) : null;
    }

    /// <summary>Whether any name of an inode is in a linked directory.</summary>
    public async ValueTask<bool> IsLinkedAsync(InodeRow inode, CancellationToken cancel)
    {
        IReadOnlyList<ExportPlace> places = await ExportPlace.OfAsync(_context, inode, cancel).ConfigureAwait(false);
        return places.Any(place => place.Place.Link is not null);
    }

    /// <summary>The export of an inode that is in work, or queued and not held back by a policy or a failure; null when there is none.</summary>
    public async ValueTask<HsmProgress?> GetProgressAsync(long inode, CancellationToken cancel)
    {
        EntryId id = EntryId.Inode(inode);
        bool running = _schedule.Contains(id);
        return await GetEntryAsync(id, cancel).ConfigureAwait(false) is { } row && (running || row is { LastError: null, NotBeforeNs: not long.MaxValue })
            ? new HsmProgress(HsmAction.Archive, running, _context.Counters.MovedOf(inode), row.LastError)
            : null;
    }

    /// <summary>The queue at a glance.</summary>
    public async ValueTask<ExportStatus> GetStatusAsync(CancellationToken cancel = default)
    {
        ExportQueueSummary summary = await _context.Store.GetExportSummaryAsync(cancel).ConfigureAwait(false);
        TimeSpan age = summary.OldestQueuedNs == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, _context.NowNs - summary.OldestQueuedNs) / TimeSpan.NanosecondsPerTick);
        ExportCounters counters = _context.Counters;
        return new ExportStatus(
            summary.Count, _schedule.Count, summary.Failing, age, counters.BytesPerSecond, counters.Bytes, counters.Uploads, counters.Copies, counters.Deletes, counters.Conflicts);
    }

    /// <summary>Entries whose last try failed, oldest first, with their reasons.</summary>
    public async ValueTask<IReadOnlyList<ExportFailure>> GetFailingAsync(int limit, CancellationToken cancel = default)
    {
        List<ExportFailure> failing = [];
        long after = 0;
        while (failing.Count < limit && await _context.Store.GetExportsAsync(long.MaxValue, after, PageSize, cancel).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (ExportRow row in page.Where(row => row.LastError is not null).Take(limit - failing.Count))
            {
                string[] parts = row.LastError!.Split(": ", 2);
                failing.Add(new ExportFailure(await _outcomes.SubjectAsync(row, cancel).ConfigureAwait(false),
                    parts.Length == 2 ? parts[0] : FsxErrorCode.ResourceBusy, parts[^1]));
            }
            after = page[^1].Id;
        }
        return failing;
    }

    /// <summary>Stops: what is in work is broken off, and is taken up again by the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_loop is not null)
            await _loop.ConfigureAwait(false);
        await _schedule.StoppedAsync().ConfigureAwait(false);
        _schedule.Dispose();
        _parts.Dispose();
        _context.Attempts.Dispose();
        _wake.Dispose();
        _stop.Dispose();
    }

    private ValueTask<ExportRow?> GetEntryAsync(EntryId id, CancellationToken cancel) =>
        _context.Store.GetExportAsync(id.Kind, id.LinkId, id.Subject, id.Key, cancel);

    // Called from the committing thread: it only takes note.
    private void OnCommitted(Batch batch)
    {
        foreach (RowWrite write in batch.Writes)
        {
            switch (write)
            {
                case RowWrite.QueueExport:
                    Wake();
                    return;
                case RowWrite.PutLink:
                    // Its policy may have changed; the link set learns of it from the same commit, so that a moment is left to it.
                    Volatile.Write(ref _unparkAtNs, _context.NowNs + UnixTime.NanosecondsPerSecond);
                    Wake();
                    break;
            }
        }
    }

    private void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Awake already, or stopping.
        }
    }

    private async Task RunAsync()
    {
        CancellationToken stop = _stop.Token;
        Task sweep = SweepAsync(stop);
        while (!stop.IsCancellationRequested)
        {
            TimeSpan wait = TimeSpan.FromSeconds(1);
            try
            {
                await UnparkAsync(stop).ConfigureAwait(false);
                wait = await DispatchAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (MetadataStoreException e)
            {
                ExportLog.QueueUnreadable(_context.Logger, e);
            }
            using CancellationTokenSource timer = new(wait, _context.Time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, timer.Token);
            try
            {
                await _wake.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Something is due, or it is time to stop.
            }
        }
        await sweep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Starts everything that is due; returns the time until something else is.</summary>
    private async ValueTask<TimeSpan> DispatchAsync(CancellationToken stop)
    {
        long coalesce = _context.Options.Coalesce.Ticks * TimeSpan.NanosecondsPerTick;
        long youngDue = long.MaxValue;
        long after = 0;
        while (await _context.Store.GetExportsAsync(_context.NowNs, after, PageSize, stop).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (ExportRow row in page)
            {
                EntryId id = EntryId.Of(row);
                if (_schedule.Contains(id))
                    continue;
                long due = row.QueuedNs + coalesce;
                // A clock that was set back must not hold anything up.
                if (due > _context.NowNs && due - _context.NowNs <= coalesce)
                    youngDue = Math.Min(youngDue, due);
                else
                    await _schedule.StartInTurnAsync(id).ConfigureAwait(false);
            }
            after = page[^1].Id;
        }
        ExportQueueSummary summary = await _context.Store.GetExportSummaryAsync(stop).ConfigureAwait(false);
        long now = _context.NowNs;
        long next = Math.Min(youngDue, summary.Count == 0 ? long.MaxValue : Math.Max(summary.NextDueNs, now + UnixTime.NanosecondsPerSecond));
        if (Volatile.Read(ref _unparkAtNs) is > 0 and var unpark)
            next = Math.Min(next, unpark);
        long wait = Math.Clamp(next - now, UnixTime.NanosecondsPerSecond / 1000, 60 * UnixTime.NanosecondsPerSecond);
        return TimeSpan.FromTicks(wait / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>After a link's policy changed, makes due what waited for a command; after one works again, what failed as well.</summary>
    private async ValueTask UnparkAsync(CancellationToken stop)
    {
        long at = Volatile.Read(ref _unparkAtNs);
        if (at == 0 || at > _context.NowNs)
            return;
        Interlocked.CompareExchange(ref _unparkAtNs, 0, at);
        bool failed = Interlocked.Exchange(ref _retryFailed, false);
        long after = 0;
        while (await _context.Store.GetExportsAsync(long.MaxValue, after, PageSize, stop).ConfigureAwait(false) is { Count: > 0 } page)
        {
            Batch batch = _context.NewBatch();
            foreach (ExportRow row in page.Where(row => row.NotBeforeNs == long.MaxValue || (failed && row.Attempts > 0)))
                batch.Add(new RowWrite.DeferExport(row with { NotBeforeNs = 0 }));
            if (!batch.IsEmpty)
                await _context.Store.CommitAsync(batch, stop).ConfigureAwait(false);
            after = page[^1].Id;
        }
    }

    private async Task SweepAsync(CancellationToken stop)
    {
        IReadOnlyList<Attempt> unfinished = _context.Attempts.UnfinishedUploads();
        if (unfinished.Count == 0)
            return;
        ExportLog.Sweeping(_context.Logger, unfinished.Count);
        foreach (Attempt attempt in unfinished)
        {
            using KeyLocks.Lease lease = await _context.Locks.AcquireAsync((attempt.Link, attempt.Key), null, stop).ConfigureAwait(false);
            try
            {
                await _parts.SweepAsync([attempt], stop).ConfigureAwait(false);
            }
            catch (ObjectStoreException e)
            {
                ExportLog.SweepFailed(_context.Logger, e.Message);
            }
        }
    }
}
