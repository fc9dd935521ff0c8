using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Tasks;

/// <summary>Data-repository tasks: made, run side by side, kept in the store, taken up again after a restart.</summary>
public sealed class TaskRunner : IAsyncDisposable
{
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    private readonly IMetadataStore _store;
    private readonly LinkSet _links;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskWork _work;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _creating = new(1, 1);
    private readonly ConcurrentDictionary<string, Running> _running = new();

    /// <summary>Makes the runner; <see cref="StartAsync"/> takes up what an earlier run left.</summary>
    /// <param name="store">The file system's metadata.</param>
    /// <param name="links">Its links.</param>
    /// <param name="cache">Its contents.</param>
    /// <param name="importer">Imports.</param>
    /// <param name="exporter">Exports.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="concurrency">Files a release or preload works on at once, 1 or more.</param>
    public TaskRunner(
        IMetadataStore store, LinkSet links, ContentCache cache, Importer importer, Exporter exporter, TimeProvider time, ILogger logger, int concurrency = 32)
    {
        _store = store;
        _links = links;
        _time = time;
        _logger = logger;
        _work = new TaskWork(store, links, cache, importer, exporter, time, concurrency);
    }

    /// <summary>Takes up the tasks that had not ended.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        foreach (TaskRow row in await _store.GetTasksAsync(cancel).ConfigureAwait(false))
        {
            if (row.Lifecycle == TaskLifecycle.Canceling)
                await _store.CommitAsync(Put(row with { Lifecycle = TaskLifecycle.Canceled, EndedNs = _time.Nanoseconds() }), cancel).ConfigureAwait(false);
            else if (!TaskLifecycle.IsEnded(row.Lifecycle))
                Launch(row);
        }
    }

    /// <summary>Makes a task and starts it.</summary>
    /// <exception cref="TaskException">The type is unknown, there are more than 100 paths, one is too long, or the report has no place in a linked repository.</exception>
    public async Task<TaskSnapshot> CreateAsync(TaskRequest request, CancellationToken cancel = default)
    {
        Check(request);
        await _creating.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (request.ClientRequestToken is { } token)
            {
                foreach (TaskRow known in await _store.GetTasksAsync(cancel).ConfigureAwait(false))
                {
                    if (TaskSnapshot.From(known) is { } same && same.Request.ClientRequestToken == token)
                        return same;
                }
            }
            TaskRow row = new()
            {
                Id = LinkSet.NewId("task-"),
                Type = request.Type,
                Lifecycle = TaskLifecycle.Pending,
                Request = JsonSerializer.Serialize(request, TaskJson.Default.TaskRequest),
                Progress = JsonSerializer.Serialize(new TaskProgress(), TaskJson.Default.TaskProgress),
                CreatedNs = _time.Nanoseconds(),
            };
            await _store.CommitAsync(Put(row), cancel).ConfigureAwait(false);
            Launch(row);
            return TaskSnapshot.From(row);
        }
        finally
        {
            _creating.Release();
        }
    }

    /// <summary>All tasks, newest first.</summary>
    public async ValueTask<IReadOnlyList<TaskSnapshot>> ListAsync(CancellationToken cancel = default) =>
        [.. (await _store.GetTasksAsync(cancel).ConfigureAwait(false)).Select(Look)];

    /// <summary>One task; null when there is none of that id.</summary>
    public async ValueTask<TaskSnapshot?> GetAsync(string id, CancellationToken cancel = default) =>
        await _store.GetTaskAsync(id, cancel).ConfigureAwait(false) is { } row ? Look(row) : null;

    /// <summary>The files a task could not do, after a number of its report.</summary>
    public ValueTask<IReadOnlyList<TaskFailureRow>> GetFailuresAsync(string id, long afterNumber, int limit, CancellationToken cancel = default) =>
        _store.GetTaskFailuresAsync(id, afterNumber, limit, cancel);

    /// <summary>Waits until a task has ended.</summary>
    /// <exception cref="TaskException">There is no such task.</exception>
    public async Task<TaskSnapshot> WaitAsync(string id, CancellationToken cancel = default)
    {
        if (_running.TryGetValue(id, out Running? running))
            await running.Ended.Task.WaitAsync(cancel).ConfigureAwait(false);
        return await GetAsync(id, cancel).ConfigureAwait(false) ?? throw new TaskException($"There is no task '{id}'.");
    }

    /// <summary>Ends a task: files in work are finished, the others dropped, nothing is reverted.</summary>
    /// <exception cref="TaskException">There is no such task, or it has ended.</exception>
    public async Task<TaskSnapshot> CancelAsync(string id, CancellationToken cancel = default)
    {
        TaskRow row = await _store.GetTaskAsync(id, cancel).ConfigureAwait(false) ?? throw new TaskException($"There is no task '{id}'.");
        if (!_running.TryGetValue(id, out Running? running))
            throw new TaskException($"Task '{id}' has ended ({row.Lifecycle}).");
        running.Canceling = true;
        await SaveAsync(running, TaskLifecycle.Canceling, 0).ConfigureAwait(false);
        await running.Cancel.CancelAsync().ConfigureAwait(false);
        return (await GetAsync(id, cancel).ConfigureAwait(false))!;
    }

    /// <summary>Stops: tasks at work are taken up again by the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (Running running in _running.Values)
            await running.Ended.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _creating.Dispose();
        _stop.Dispose();
    }

    private void Check(TaskRequest request)
    {
        if (!TaskType.IsKnown(request.Type))
            throw new TaskException($"'{request.Type}' is no task type; there are {TaskType.Export}, {TaskType.Import}, {TaskType.Release} and {TaskType.Preload}.");
        if (request.Paths.Count > TaskRequest.MaxPaths)
            throw new TaskException($"A task takes at most {TaskRequest.MaxPaths} paths; {request.Paths.Count} were given.");
        if (request.Paths.FirstOrDefault(path => path.Length is 0 or > TaskRequest.MaxPathLength) is { } bad)
            throw new TaskException($"A path has 1 to {TaskRequest.MaxPathLength} characters; one of {bad.Length} was given.");
        if (request.DaysSinceLastAccess < 0)
            throw new TaskException("DurationSinceLastAccess cannot be negative.");
        if (request.Report is { } report && FindReport(report) is null)
            throw new TaskException($"The report's place '{report.Path}' is not inside a linked repository.");
    }

    private (Link Link, string Prefix)? FindReport(TaskReport report) =>
        RepositoryUrl.TryParse(report.Path, out RepositoryUrl? url, out _) && _links.FindByUrl(url) is { } link ? (link, url.Prefix) : null;

    // A running task's numbers are newer here than in the store.
    private TaskSnapshot Look(TaskRow row)
    {
        TaskSnapshot stored = TaskSnapshot.From(row);
        return !stored.IsEnded && _running.TryGetValue(row.Id, out Running? running) && running.Account is { } account
            ? stored with { Progress = account.Snapshot(_time.Nanoseconds()) }
            : stored;
    }

    private void Launch(TaskRow row)
    {
        Running running = new(row, CancellationTokenSource.CreateLinkedTokenSource(_stop.Token));
        if (_running.TryAdd(row.Id, running))
            _ = Task.Run(() => RunAsync(running), CancellationToken.None);
    }

    private async Task RunAsync(Running running)
    {
        TaskRequest request = TaskSnapshot.From(running.Row).Request;
        try
        {
            // What an earlier run reported is found again, so that the report begins anew.
            await _store.CommitAsync(new Batch(this).Add(new RowWrite.DeleteTask(running.Row.Id)).Add(new RowWrite.PutTask(running.Row)), CancellationToken.None).ConfigureAwait(false);
            running.Account = new TaskAccount(_store, running.Row.Id, _time.Nanoseconds());
            if (!running.Canceling)
                await SaveAsync(running, TaskLifecycle.Executing, 0).ConfigureAwait(false);
            Task work = _work.RunAsync(request, running.Account, running.Cancel.Token);
            while (await Task.WhenAny(work, Task.Delay(SaveInterval, _time, CancellationToken.None)).ConfigureAwait(false) != work)
                await SaveAsync(running, running.Canceling ? TaskLifecycle.Canceling : TaskLifecycle.Executing, 0).ConfigureAwait(false);
            await work.ConfigureAwait(false);
            await EndAsync(running, request, running.Account.HasFailures ? TaskLifecycle.Failed : TaskLifecycle.Succeeded).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (running.Canceling)
        {
            await EndAsync(running, request, TaskLifecycle.Canceled).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Still EXECUTING in the store.
        }
        catch (Exception e)
        {
            TaskLog.Failed(_logger, running.Row.Id, e);
            running.Account?.FailAll(e.Message);
            await EndAsync(running, request, TaskLifecycle.Failed).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(running.Row.Id, out _);
            running.Ended.TrySetResult();
            running.Cancel.Dispose();
        }
    }

    private async Task EndAsync(Running running, TaskRequest request, string lifecycle)
    {
        try
        {
            if (request.Report is { } report)
                await WriteReportAsync(running.Row.Id, report).ConfigureAwait(false);
            await SaveAsync(running, lifecycle, _time.Nanoseconds()).ConfigureAwait(false);
        }
        catch (MetadataStoreException e)
        {
            TaskLog.Failed(_logger, running.Row.Id, e);
        }
    }

    private async Task WriteReportAsync(string id, TaskReport report)
    {
        string where = $"{report.Path.TrimEnd('/')}/{id}/failures.csv";
        try
        {
            (Link link, string prefix) = FindReport(report) ?? throw new TaskException($"'{report.Path}' is not inside a linked repository any more.");
            StringBuilder csv = new();
            long after = 0;
            while (await _store.GetTaskFailuresAsync(id, after, 1000).ConfigureAwait(false) is { Count: > 0 } page)
            {
                foreach (TaskFailureRow row in page)
                    ReportCsv.AppendLine(csv, row);
                after = page[^1].Number;
            }
            await link.Store.PutAsync($"{prefix}{id}/failures.csv", BodySource.FromMemory(Encoding.UTF8.GetBytes(csv.ToString())), new PutOptions
            {
                Headers = new ObjectHeaders { ContentType = "text/csv" },
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectStoreException or TaskException)
        {
            await _store.CommitAsync(new Batch(this).Add(new RowWrite.AddEvent(new EventRow
            {
                TimeNs = _time.Nanoseconds(),
                Code = "S3CompletionReportUploadFailure",
                Subject = where,
                Message = $"The report of {id} could not be written to {where}: {e.Message}",
            }))).ConfigureAwait(false);
        }
    }

    private async Task SaveAsync(Running running, string lifecycle, long endedNs)
    {
        await running.Saving.WaitAsync().ConfigureAwait(false);
        try
        {
            if (TaskLifecycle.IsEnded(running.Row.Lifecycle))
                return;
            TaskProgress progress = running.Account?.Snapshot(_time.Nanoseconds()) ?? new TaskProgress();
            running.Row = running.Row with
            {
                Lifecycle = lifecycle,
                Progress = JsonSerializer.Serialize(progress, TaskJson.Default.TaskProgress),
                EndedNs = endedNs,
            };
            await _store.CommitAsync(Put(running.Row), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            running.Saving.Release();
        }
    }

    private Batch Put(TaskRow row) => new Batch(this).Add(new RowWrite.PutTask(row));

    /// <summary>A task at work.</summary>
    private sealed class Running(TaskRow row, CancellationTokenSource cancel)
    {
        public TaskRow Row { get; set; } = row;

        public CancellationTokenSource Cancel { get; } = cancel;

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SemaphoreSlim Saving { get; } = new(1, 1);

        public TaskAccount? Account { get; set; }

        public volatile bool Canceling;
    }
}
