using FsxFuse.Metadata;

namespace FsxFuse.Repository.Export;

/// <summary>Exports what is queued at one moment, on demand.</summary>
internal sealed class ExportDrain(ExportContext context, ExportSchedule schedule, OutcomeStore outcomes)
{
    private const int PageSize = 256;

    // An entry that is queued again while it is exported is tried again, but whoever writes all the time must not keep us for ever.
    private const int MaxTries = 3;

    public async Task<DrainResult> RunAsync(IReadOnlyList<string>? paths, IProgress<DrainProgress>? progress, CancellationToken cancel)
    {
        string[]? wanted = paths?.Select(path => path.TrimEnd('/')).ToArray();
        Run run = new(this, progress);
        using SemaphoreSlim room = new(context.Options.Concurrency * 4);
        long began = context.NowNs;
        while (true)
        {
            List<Task> tasks = [];
            long after = 0;
            // The steps of a moved directory queue what is below it, as old as themselves: that is looked for until nothing is left.
            while (await context.Store.GetExportsAsync(long.MaxValue, after, PageSize, cancel).ConfigureAwait(false) is { Count: > 0 } page)
            {
                foreach (ExportRow row in page)
                {
                    if (row.QueuedNs > began || !run.MayTry(EntryId.Of(row)) || wanted is not null && !await CoversAsync(wanted, row, cancel).ConfigureAwait(false))
                        continue;
                    await room.WaitAsync(cancel).ConfigureAwait(false);
                    tasks.Add(run.TryAsync(row, room, cancel));
                }
                after = page[^1].Id;
            }
            if (tasks.Count == 0)
                return run.Result();
            await Task.WhenAll(tasks).ConfigureAwait(false);
        }
    }

    /// <summary>How many entries there are for paths, each with all below it.</summary>
    public async ValueTask<long> CountAsync(IReadOnlyList<string> paths, CancellationToken cancel)
    {
        string[] wanted = paths.Select(path => path.TrimEnd('/')).ToArray();
        long count = 0, after = 0;
        while (await context.Store.GetExportsAsync(long.MaxValue, after, PageSize, cancel).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (ExportRow row in page)
                count += await CoversAsync(wanted, row, cancel).ConfigureAwait(false) ? 1 : 0;
            after = page[^1].Id;
        }
        return count;
    }

    /// <summary>Has one entry done now, whatever the links' policies. Null when that went well.</summary>
    public async Task<ExportFailure?> ForceAsync(ExportRow row, CancellationToken cancel)
    {
        EntryId id = EntryId.Of(row);
        Outcome outcome = await schedule.Force(id).WaitAsync(cancel).ConfigureAwait(false);
        // It was in work for itself when we came, before anybody asked for it.
        if (outcome.Kind == OutcomeKind.Parked)
            outcome = await schedule.Force(id).WaitAsync(cancel).ConfigureAwait(false);
        return outcome.Kind switch
        {
            OutcomeKind.Done => null,
            OutcomeKind.Failed => new ExportFailure(await outcomes.SubjectAsync(row, cancel).ConfigureAwait(false), outcome.Error!.Code, outcome.Error.Message),
            _ => new ExportFailure(await outcomes.SubjectAsync(row, cancel).ConfigureAwait(false), FsxErrorCode.ResourceBusy, "It is open for writing; it is exported when it is closed."),
        };
    }

    private async ValueTask<bool> CoversAsync(string[] wanted, ExportRow row, CancellationToken cancel)
    {
        if (wanted.Contains(""))
            return true;
        switch (row.Kind)
        {
            case ExportKind.Key:
                return context.Links.Find(row.LinkId) is { } link
                    && await context.Paths.GetDirectoryPathAsync(link.Directory, cancel).ConfigureAwait(false) is { } root
                    && Covers(wanted, $"{root.TrimEnd('/')}/{row.Key[Math.Min(link.Prefix.Length, row.Key.Length)..].TrimEnd('/')}", orAbove: false);
            case ExportKind.Move:
                return await context.Paths.GetPathAsync(row.Subject, cancel).ConfigureAwait(false) is { } directory && Covers(wanted, directory, orAbove: true);
            default:
                if (await context.Store.GetInodeAsync(row.Subject, cancel).ConfigureAwait(false) is not { } inode)
                    return false;
                foreach (ExportPlace place in await ExportPlace.OfAsync(context, inode, cancel).ConfigureAwait(false))
                {
                    if (Covers(wanted, place.Path, orAbove: false))
                        return true;
                }
                return false;
        }
    }

    private static bool Covers(string[] wanted, string path, bool orAbove)
    {
        foreach (string one in wanted)
        {
            if (one == path || path.StartsWith(one + "/", StringComparison.Ordinal) || orAbove && one.StartsWith(path + "/", StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    /// <summary>One drain's accounts.</summary>
    private sealed class Run(ExportDrain drain, IProgress<DrainProgress>? progress)
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<EntryId, int> _tries = [];
        private readonly Dictionary<EntryId, ExportFailure> _failures = [];
        private readonly HashSet<EntryId> _done = [];

        public bool MayTry(EntryId id)
        {
            lock (_lock)
                return !_failures.ContainsKey(id) && _tries.GetValueOrDefault(id) < MaxTries;
        }

        public async Task TryAsync(ExportRow row, SemaphoreSlim room, CancellationToken cancel)
        {
            EntryId id = EntryId.Of(row);
            lock (_lock)
                _tries[id] = _tries.GetValueOrDefault(id) + 1;
            try
            {
                ExportFailure? failure = await drain.ForceAsync(row, cancel).ConfigureAwait(false);
                DrainProgress now;
                lock (_lock)
                {
                    if (failure is null)
                        _done.Add(id);
                    else
                        _failures[id] = failure;
                    now = new DrainProgress(_tries.Count, _done.Count, _failures.Count);
                }
                progress?.Report(now);
            }
            finally
            {
                room.Release();
            }
        }

        public DrainResult Result()
        {
            lock (_lock)
                return new DrainResult(_tries.Count, _tries.Count - _failures.Count, [.. _failures.Values]);
        }
    }

}
