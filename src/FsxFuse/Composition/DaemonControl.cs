using FsxFuse.Cache;
using FsxFuse.Commands;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Fuse;
using FsxFuse.Logging;
using FsxFuse.Metadata;
using FsxFuse.Options;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Hsm;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Tasks;
using FsxFuse.State;
using Microsoft.Extensions.Logging;
using LinkRequest = FsxFuse.Control.Documents.LinkRequest;
using TaskRequest = FsxFuse.Control.Documents.TaskRequest;

namespace FsxFuse.Composition;

/// <summary>Answers the control API for a mounted file system.</summary>
internal sealed class DaemonControl(MountedFileSystem mounted, FileSystemCatalog catalog, LogLevelSwitch levels, TimeProvider time) : IControlTarget, IDisposable
{
    private const int EventsShown = 20;
    private const int FailuresShown = 100;

    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <inheritdoc/>
    public async Task<StatusDocument> GetStatusAsync(CancellationToken cancel)
    {
        StatusDocument status = new()
        {
            Name = mounted.Config.Name,
            Id = mounted.Config.Id,
            Pid = Environment.ProcessId,
            Mountpoint = mounted.Mountpoint,
            Source = mounted.Source,
            State = mounted.IsStopping ? "stopping" : "mounted",
            Version = CommandContext.Version,
            StartedAt = mounted.StartedAt,
            ReadOnly = mounted.ReadOnly,
        };
        if (mounted.IsStopping)
            return status;
        NamespaceTotals totals = await mounted.Store.GetTotalsAsync(cancel).ConfigureAwait(false);
        IReadOnlyList<EventRow> events = await mounted.Store.GetEventsAsync(EventsShown, cancel).ConfigureAwait(false);
        CacheUsage usage = mounted.Cache.GetUsage();
        ExportStatus exports = await mounted.Exporter.GetStatusAsync(cancel).ConfigureAwait(false);
        IReadOnlyList<ExportFailure> failing = exports.Failing > 0 ? await mounted.Exporter.GetFailingAsync(3, cancel).ConfigureAwait(false) : [];
        IReadOnlyList<LinkDocument> links = LinkDocuments.All(mounted);
        return status with
        {
            Passthrough = mounted.Session.Connection?.Has(FuseCapabilities.Passthrough) ?? false,
            Inodes = totals.Inodes,
            LogicalBytes = totals.Bytes,
            HeldInodes = mounted.FileSystem.HeldInodes,
            OpenHandles = mounted.FileSystem.OpenHandles,
            Cache = new CacheDocument { Path = mounted.CacheDirectory, UsedBytes = usage.Used, LimitBytes = usage.Capacity, Release = ReleaseOf(mounted.Cache.ReleaseProgress) },
            EventEndpoint = mounted.Events is { } endpoint ? new EventEndpointDocument(endpoint.Url, endpoint.Received, endpoint.Refused) : null,
            Imports = LinkDocuments.Sum(links),
            Hsm = HsmOf(mounted.Hsm.GetStatus()),
            Exports = new ExportQueueDocument
            {
                Queued = exports.Queued,
                Failing = exports.Failing,
                OldestAgeSeconds = exports.OldestAge.TotalSeconds,
                Automatic = mounted.Links.All.All(link => link.Options.AutoExport),
            },
            Counters = GetCounters(),
            Links = links,
            Warnings =
            [
                .. links.Where(link => link.FailureMessage is not null).Select(link => $"{link.Path} is {link.Lifecycle}: {link.FailureMessage}"),
                .. failing.Select(failure => $"export of {failure.Path} fails: {failure.ErrorCode}: {failure.Message}"),
                .. FullWarnings(usage),
            ],
            Events = [.. events.Select(e => new EventDocument { Time = TaskDocuments.FromNs(e.TimeNs), Code = e.Code, Subject = e.Subject, Message = e.Message })],
        };
    }

    /// <inheritdoc/>
    public Task<CountersDocument> GetCountersAsync(CancellationToken cancel) => Task.FromResult(GetCounters());

    /// <inheritdoc/>
    public Task<LinkListDocument> GetLinksAsync(CancellationToken cancel) =>
        Task.FromResult(new LinkListDocument(LinkDocuments.All(mounted)));

    /// <inheritdoc/>
    public async Task<LinkDocument> AddLinkAsync(LinkRequest request, CancellationToken cancel)
    {
        RequireRunning();
        if (!request.Path.StartsWith('/') || !RepositoryUrl.TryParse(request.Url, out RepositoryUrl? url, out string? error))
            throw new ControlException(ControlFailure.BadRequest, $"{request.Url} = {request.Path} is no link: an URL and an absolute path are wanted.");
        OptionSet effective = OptionSet.FromStored(mounted.Config.Options).With(OptionSet.FromStored(request.Options));
        LinkOptions options = Apply(LinkSettings.Apply(new LinkOptions(), effective, effective), request.ImportPolicy, request.ExportPolicy, request.Conflict)
            with { BatchImportOnCreate = request.Import };
        try
        {
            IObjectStore bucket = LinkSettings.Opener(mounted.Requests, time)(url, options);
            await using (bucket.ConfigureAwait(false))
                await new AccessCheck(time).RequireAsync(url, bucket, cancel).ConfigureAwait(false);
            DirectoryMaker directories = new(mounted.Store, StoreOpening.OwnerOf(effective), StoreOpening.GroupOf(effective), time);
            string path = request.Path == "/" ? "/" : request.Path.TrimEnd('/');
            long directory = await directories.EnsureAsync(path, cancel).ConfigureAwait(false);
            (Link link, string? task) = await mounted.LinkLife.AddAsync(url, directory, path, options, cancel).ConfigureAwait(false);
            return LinkDocuments.Of(link, mounted.Follower) with { ImportTask = task };
        }
        catch (Exception e) when (e is ObjectStoreException or LinkException or CommandFailedException)
        {
            throw new ControlException(ControlFailure.Conflict, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async Task<LinkDocument> UpdateLinkAsync(string id, LinkUpdateRequest request, CancellationToken cancel)
    {
        RequireRunning();
        Link link = FindLink(id);
        OptionSet given = OptionSet.FromStored(request.Options);
        LinkOptions options = Apply(
            LinkSettings.Apply(link.Options, given, OptionSet.FromStored(mounted.Config.Options).With(given)), request.ImportPolicy, request.ExportPolicy, request.Conflict);
        if (options.PosixMetadata != link.Options.PosixMetadata)
            throw new ControlException(ControlFailure.Conflict, "The option 'posix_metadata' of a link was decided when it was made and cannot change.");
        try
        {
            link = await mounted.Links.UpdateAsync(link.Id, row => row with { Options = options.ToJson() }, cancel).ConfigureAwait(false);
            return LinkDocuments.Of(link, mounted.Follower);
        }
        catch (LinkException e)
        {
            throw new ControlException(ControlFailure.Conflict, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async Task<LinkDocument> RemoveLinkAsync(string id, bool deleteData, bool force, CancellationToken cancel)
    {
        RequireRunning();
        Link link = FindLink(id);
        if (mounted.Config.Source == link.Url.ToString())
            throw new ControlException(ControlFailure.Conflict, $"{link} is what this file system was made of by mounting its URL; unmount it instead.");
        try
        {
            LinkDocument document = LinkDocuments.Of(link, mounted.Follower);
            await mounted.LinkLife.RemoveAsync(link, deleteData, force, cancel).ConfigureAwait(false);
            return document;
        }
        catch (LinkException e)
        {
            throw new ControlException(ControlFailure.Conflict, e.Message, e);
        }
    }

    private Link FindLink(string id) =>
        mounted.Links.Find(id) ?? throw new ControlException(ControlFailure.NotFound, $"There is no link '{id}'.");

    private static LinkOptions Apply(LinkOptions options, string? import, string? export, string? conflict) => options with
    {
        ImportPolicy = Policy(import, options.ImportPolicy),
        ExportPolicy = Policy(export, options.ExportPolicy),
        Conflict = conflict is null ? options.Conflict
            : PolicyNames.TryParse(conflict, out ConflictPolicy? policy) ? policy.Value
            : throw new ControlException(ControlFailure.BadRequest, $"'{conflict}' is no conflict policy; there are keep-both, fs-wins and s3-wins."),
    };

    private static RepositoryEvents Policy(string? text, RepositoryEvents policy) => text is null ? policy
        : PolicyNames.TryParse(text, out RepositoryEvents events) ? events
        : throw new ControlException(ControlFailure.BadRequest, $"'{text}' is no policy: some of NEW,CHANGED,DELETED or none is expected.");

    /// <inheritdoc/>
    public async Task<TaskDocument> CreateTaskAsync(TaskRequest request, CancellationToken cancel)
    {
        RequireRunning();
        try
        {
            return TaskDocuments.From(await mounted.Tasks.CreateAsync(TaskDocuments.ToRequest(request), cancel).ConfigureAwait(false));
        }
        catch (TaskException e)
        {
            throw new ControlException(ControlFailure.BadRequest, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async Task<TaskListDocument> GetTasksAsync(CancellationToken cancel) =>
        new([.. (await mounted.Tasks.ListAsync(cancel).ConfigureAwait(false)).Select(task => TaskDocuments.From(task))]);

    /// <inheritdoc/>
    public async Task<TaskDocument> GetTaskAsync(string id, CancellationToken cancel)
    {
        if (await mounted.Tasks.GetAsync(id, cancel).ConfigureAwait(false) is not TaskSnapshot task)
            throw new ControlException(ControlFailure.NotFound, $"There is no task '{id}'.");
        return TaskDocuments.From(task, task.Progress.Failed > 0 ? await mounted.Tasks.GetFailuresAsync(id, 0, FailuresShown, cancel).ConfigureAwait(false) : null);
    }

    /// <inheritdoc/>
    public async Task<TaskDocument> CancelTaskAsync(string id, CancellationToken cancel)
    {
        await GetTaskAsync(id, cancel).ConfigureAwait(false);
        try
        {
            return TaskDocuments.From(await mounted.Tasks.CancelAsync(id, cancel).ConfigureAwait(false));
        }
        catch (TaskException e)
        {
            throw new ControlException(ControlFailure.Conflict, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async Task<FlushDocument> FlushAsync(TimeSpan patience, CancellationToken cancel)
    {
        RequireRunning();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience);
        string? lastError = null;
        try
        {
            DrainResult result = await mounted.Exporter.DrainAsync(null, null, limit.Token).ConfigureAwait(false);
            lastError = result.Failures.Count > 0 ? $"{result.Failures[0].Path}: {result.Failures[0].Message}" : null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The time given is over: what remains is told below.
        }
        ExportStatus exports = await mounted.Exporter.GetStatusAsync(cancel).ConfigureAwait(false);
        if (lastError is null && exports.Failing > 0 && await mounted.Exporter.GetFailingAsync(1, cancel).ConfigureAwait(false) is [ExportFailure failing, ..])
            lastError = $"{failing.Path}: {failing.Message}";
        return new FlushDocument(exports.Queued, exports.Failing, lastError);
    }

    /// <inheritdoc/>
    public async Task<StopDocument> StopAsync(StopRequest request, CancellationToken cancel)
    {
        RequireRunning();
        if (request.Force)
            await Task.Run(mounted.Abort, cancel).ConfigureAwait(false);
        else
            await mounted.UnmountAsync(cancel).ConfigureAwait(false);
        ExportQueueSummary queue = await mounted.Store.GetExportSummaryAsync(cancel).ConfigureAwait(false);
        return new StopDocument(queue.Count);
    }

    /// <inheritdoc/>
    public async Task<OptionsDocument> ChangeOptionsAsync(OptionsRequest request, CancellationToken cancel)
    {
        RequireRunning();
        await _changing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            OptionSet options = OptionSet.FromStored(request.Options);
            OptionSet given = options.Remembered();
            ResolvedSource joined = SourceResolver.Join(mounted.Config, given, catalog.Locations);
            await mounted.ApplyAsync(given, cancel).ConfigureAwait(false);
            mounted.FileSystem.AccessTimeRule = KernelOptions.AccessTimes(options);
            List<string> later = [.. given.Where(option => option.Key is "cache_size" or "events" or "events_secret_file" && mounted.Config.Options.GetValueOrDefault(option.Key) != option.Value).Select(option => option.Key)];
            if (joined.IsChanged)
                catalog.Save(joined.Config);
            mounted.Config = joined.Config;
            return new OptionsDocument(later);
        }
        catch (Exception e) when (e is CommandFailedException or UsageException)
        {
            throw new ControlException(ControlFailure.Conflict, e.Message, e);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public LogLevelDocument SetLogLevel(LogLevelDocument level)
    {
        if (!LogLevelSwitch.TryParse(level.Level, out LogLevel minimum))
            throw new ControlException(ControlFailure.BadRequest, $"'{level.Level}' is no log level; use trace, debug, information, warning, error or critical");
        levels.Minimum = minimum;
        return new LogLevelDocument(LogLevelSwitch.NameOf(minimum));
    }

    /// <inheritdoc/>
    public void Dispose() => _changing.Dispose();

    private CountersDocument GetCounters() => new()
    {
        Operations = mounted.Session.Operations.ByName,
        Requests = mounted.Requests.ByName,
        RequestErrors = mounted.Requests.TotalFailures,
        BytesDownloaded = mounted.Requests.BytesRead,
        BytesUploaded = mounted.Requests.BytesWritten,
        CacheHits = mounted.Cache.Counters.Hits,
        CacheMisses = mounted.Cache.Counters.Misses,
    };

    private static ReleaseDocument ReleaseOf(ReleaseProgress progress) => new()
    {
        Automatic = progress.Rule.IsAutomatic,
        HighWaterPercent = progress.Rule.HighWater,
        LowWaterPercent = progress.Rule.LowWater,
        FilesReleased = progress.Files,
        BytesReleased = progress.Bytes,
        Running = progress.IsRunning,
        RunBytes = progress.BytesFreed,
        RunBytesWanted = progress.BytesWanted,
        Stuck = progress.IsStuck,
    };

    private static HsmDocument HsmOf(HsmStatus status) => new() { Archives = status.Archives, Restores = status.Restores, RestoresWaiting = status.RestoresTold };

    private IEnumerable<string> FullWarnings(CacheUsage usage)
    {
        if (mounted.Cache.ReleaseProgress is { IsStuck: true, IsRunning: false } progress && usage.Used > usage.Capacity / 100 * progress.Rule.HighWater)
            yield return "the cache is above its mark, and what is left in it is not exported yet, pinned, or open";
    }

    private void RequireRunning()
    {
        if (mounted.IsStopping)
            throw new ControlException(ControlFailure.Conflict, $"file system '{mounted.Config.Name}' is stopping");
    }
}
