using FsxFuse.Cache;
using FsxFuse.Control;
using FsxFuse.Control.Events;
using FsxFuse.Daemon;
using FsxFuse.FileSystem;
using FsxFuse.Fuse;
using FsxFuse.Logging;
using FsxFuse.Metadata;
using FsxFuse.Mounting;
using FsxFuse.Options;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Following;
using FsxFuse.Repository.Hsm;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Loading;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Tasks;
using FsxFuse.State;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Composition;

/// <summary>
/// One file system with all its parts, mounted. They start from the store upwards to the kernel and stop in the opposite order: when a part
/// stops, nobody uses it any more.
/// </summary>
internal sealed class MountedFileSystem : IAsyncDisposable
{
    private static readonly TimeSpan BusyPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LazyPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(100);

    // Undone from the last to the first.
    private readonly Stack<Func<ValueTask>> _teardown = new();
    private readonly TimeProvider _time;
    private LinkMonitor? _monitor;
    private int _stopped;

    private MountedFileSystem(MountPlan plan, TimeProvider time)
    {
        _time = time;
        Config = plan.Preparation.Source.Config;
        Mountpoint = plan.Preparation.Mountpoint;
        Source = plan.Request.SourceText;
        StartedAt = time.GetUtcNow();
        ReadOnly = plan.Request.Options.Has("ro");
    }

    /// <summary>The configuration as it is stored now.</summary>
    public FileSystemConfig Config { get; set; }

    /// <summary>Where it is mounted.</summary>
    public string Mountpoint { get; }

    /// <summary>What was mounted, as given.</summary>
    public string Source { get; }

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Mounted read-only.</summary>
    public bool ReadOnly { get; }

    /// <summary>Whether it is being taken down.</summary>
    public bool IsStopping => Volatile.Read(ref _stopped) != 0 || Session.Completion.IsCompleted;

    /// <summary>What the user should know although it worked.</summary>
    public IReadOnlyList<string> Notices { get; private set; } = [];

    /// <summary>Requests to the repositories.</summary>
    public RequestCounters Requests { get; } = new();

    public IMetadataStore Store { get; private set; } = null!;

    public LinkSet Links { get; private set; } = null!;

    public ContentCache Cache { get; private set; } = null!;

    public string CacheDirectory { get; private set; } = null!;

    public Importer Importer { get; private set; } = null!;

    public Exporter Exporter { get; private set; } = null!;

    public Follower Follower { get; private set; } = null!;

    public LinkLife LinkLife { get; private set; } = null!;

    /// <summary>Where the repositories' events arrive; null: nowhere.</summary>
    public EventServer? Events { get; private set; }

    public TaskRunner Tasks { get; private set; } = null!;

    public HsmAgent Hsm { get; private set; } = null!;

    public FsxFileSystem FileSystem { get; private set; } = null!;

    public FuseSession Session { get; private set; } = null!;

    /// <summary>Starts all parts and mounts.</summary>
    /// <returns>The file system; it answers the kernel.</returns>
    public static async Task<MountedFileSystem> StartAsync(MountPlan plan, ILoggerFactory loggers, LogLevelSwitch levels, TimeProvider time, CancellationToken cancel)
    {
        MountedFileSystem mounted = new(plan, time);
        try
        {
            await mounted.OpenAsync(plan, loggers, cancel).ConfigureAwait(false);
            await mounted.ConnectAsync(plan, loggers, levels, cancel).ConfigureAwait(false);
            return mounted;
        }
        catch
        {
            await mounted.TearDownAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until it is unmounted, the connection is aborted, or a stop is asked for. True when it was unmounted.</summary>
    public async Task<bool> WaitAsync(CancellationToken stop)
    {
        try
        {
            return await Session.Completion.WaitAsync(stop).ConfigureAwait(false) == SessionEnd.Unmounted;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Unmounts; fails when it is in use.</summary>
    /// <exception cref="ControlException">Conflict: it is in use.</exception>
    public async Task UnmountAsync(CancellationToken cancel)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            try
            {
                await Task.Run(() => Session.Unmount(), cancel).ConfigureAwait(false);
                return;
            }
            catch (FuseException e) when (e.Error == Fuse.Errno.EBUSY)
            {
                // A file that was closed a moment ago may still be on its way out.
                if (_time.GetElapsedTime(start) > BusyPatience)
                    throw new ControlException(ControlFailure.Conflict, $"{Mountpoint} is in use ('fuser -vm {Mountpoint}' shows by whom); it stays mounted. --force unmounts all the same", e);
            }
            catch (FuseException e)
            {
                throw new ControlException(ControlFailure.Failed, e.Message, e);
            }
            await Task.Delay(BusyPause, _time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Cuts off everybody who uses it: their calls fail, the mount goes.</summary>
    public void Abort()
    {
        try
        {
            Session.Abort();
            Session.Unmount(UnmountMode.Lazy);
        }
        catch (FuseException)
        {
            // It was unmounted in the meantime, or only root may: closing the device, which comes next, does the same.
        }
    }

    /// <summary>Unmounts if it is still mounted (in use or not) and stops all parts.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        if (!Session.Completion.IsCompleted)
            await LeaveAsync().ConfigureAwait(false);
        await TearDownAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    // The state: lock, store, links, contents.
    private async Task OpenAsync(MountPlan plan, ILoggerFactory loggers, CancellationToken cancel)
    {
        StateLocations locations = plan.Catalog.Locations;
        ResolvedSource source = plan.Preparation.Source;
        DaemonLock held = DaemonLock.Take(locations, Config.Name, new DaemonRecord { Pid = Environment.ProcessId, Mountpoint = Mountpoint, Source = Source, StartedAt = StartedAt });
        bool complete = !source.IsNew;
        _teardown.Push(() =>
        {
            held.Dispose();
            // Of a file system whose first mount failed nothing stays, so that the next try is a first one again.
            if (!complete)
                plan.Catalog.Discard(Config.Name);
            return ValueTask.CompletedTask;
        });

        if (source.IsNew)
            plan.Catalog.BeginCreation(Config.Name);
        OptionSet effective = OptionSet.FromStored(Config.Options);
        Store = await StoreOpening.OpenAsync(locations, Config, source.IsNew, _time, loggers).ConfigureAwait(false);
        _teardown.Push(async () =>
        {
            await Store.SyncAsync().ConfigureAwait(false);
            await Store.DisposeAsync().ConfigureAwait(false);
        });
        if (source.IsNew)
            await new FileSystemCreation(plan.Catalog, _time, loggers).LinkAsync(Store, Config, [(RepositoryUrl.Parse(Config.Source!), "/")], cancel).ConfigureAwait(false);
        plan.Progress();

        (uint uid, uint gid) = (StoreOpening.OwnerOf(effective), StoreOpening.GroupOf(effective));
        Links = new LinkSet(Store, LinkSettings.Opener(Requests, _time, (url, failure) => _monitor?.Failed(url, failure)), _time, uid, gid);
        _teardown.Push(Links.DisposeAsync);
        await Links.LoadAsync(cancel).ConfigureAwait(false);
        if (!source.IsNew)
        {
            await ApplyAsync(plan.Request.Options.Remembered(), cancel).ConfigureAwait(false);
            AccessCheck access = new(_time);
            // One of several that refuses leaves the others usable: it is MISCONFIGURED until that is mended.
            bool several = Links.All.Count > 1;
            string?[] notices = await Task.WhenAll(Links.All.Select(link => access.LookAsync(link, refusalsToo: several, cancel))).ConfigureAwait(false);
            Notices = [.. notices.OfType<string>()];
        }
        Config = Config with { Mountpoint = Mountpoint };
        plan.Catalog.Save(Config);
        complete = true;
        plan.Progress();

        MemoryBudget memory = new(effective.Number("memory") ?? plan.Request.Options.Number("memory") ?? DefaultMemory());
        CacheDirectory = effective.Text("cache") ?? locations.DefaultCacheOf(Config.Name);
        Importer = new Importer(Store, Links, _time, loggers.CreateLogger<Importer>());
        _teardown.Push(Importer.DisposeAsync);
        Cache = new ContentCache(
            Store,
            new ObjectContentSource(Store, Links, Importer, loggers.CreateLogger<ObjectContentSource>()),
            new TierOptions { Directory = CacheDirectory, Capacity = effective.Number("cache_size"), Release = ReleaseSettings.Of(effective) },
            memory,
            _time,
            loggers.CreateLogger<ContentCache>());
        _teardown.Push(Cache.DisposeAsync);
        await Cache.RecoverAsync(cancel).ConfigureAwait(false);
        plan.Progress();

        Exporter = new Exporter(Config.Id, Store, Links, Cache, Importer, memory, _time, loggers.CreateLogger<Exporter>());
        _teardown.Push(Exporter.DisposeAsync);
        Follower = new Follower(
            Store, Links, Importer, _time, loggers.CreateLogger<Follower>(), new FollowOptions { ListingsPerSecond = plan.Request.Options.Number("import_rate") ?? new FollowOptions().ListingsPerSecond });
        _teardown.Push(Follower.DisposeAsync);
        if (await EventEndpoint.OpenAsync(OptionSet.FromStored(Config.Options), Follower, loggers, cancel).ConfigureAwait(false) is { } events)
        {
            Events = events;
            _teardown.Push(events.DisposeAsync);
        }
        Tasks = new TaskRunner(Store, Links, Cache, Importer, Exporter, _time, loggers.CreateLogger<TaskRunner>());
        _teardown.Push(Tasks.DisposeAsync);
        LinkLife = new LinkLife(Store, Links, Cache, Exporter, Tasks, _time, loggers.CreateLogger<LinkLife>());
        _teardown.Push(LinkLife.DisposeAsync);
        _monitor = new LinkMonitor(Links, _time, loggers.CreateLogger<LinkMonitor>(), link =>
        {
            Exporter.RetryFailed();
            Follower.Reconcile(link);
            return Task.CompletedTask;
        });
        _teardown.Push(_monitor.DisposeAsync);
        Hsm = new HsmAgent(Store, Links, Cache, Exporter, _time, loggers.CreateLogger<HsmAgent>());
        _teardown.Push(Hsm.DisposeAsync);
    }

    // The ways in: the kernel and the control socket.
    private async Task ConnectAsync(MountPlan plan, ILoggerFactory loggers, LogLevelSwitch levels, CancellationToken cancel)
    {
        FileSystemOptions options = new() { ServiceUid = Native.Libc.GetEffectiveUserId() };
        FileSystem = new FsxFileSystem(Store, Cache, Importer, options, _time, loggers.CreateLogger<FsxFileSystem>(), Hsm)
        {
            AccessTimeRule = KernelOptions.AccessTimes(plan.Request.Options),
        };
        _teardown.Push(FileSystem.DisposeAsync);
        await FileSystem.StartAsync().ConfigureAwait(false);

        bool stacked = MountTable.Read().Containing(CacheDirectory)?.Type == "overlay";
        Session = FuseSession.Create(FileSystem, KernelOptions.Mount(plan), KernelOptions.Connection(plan.Request.Options, stacked), loggers.CreateLogger<FuseSession>());
        _teardown.Push(Session.DisposeAsync);
        await Session.StartAsync(cancel).ConfigureAwait(false);
        await Exporter.StartAsync(cancel).ConfigureAwait(false);
        Follower.Start();
        await Tasks.StartAsync(cancel).ConfigureAwait(false);
        _monitor!.Start();
        await LinkLife.ResumeAsync(cancel).ConfigureAwait(false);
        await Hsm.StartAsync(cancel).ConfigureAwait(false);

        _teardown.Push(new IdleMemory(() => Session.Operations.Total + Requests.Total, _time).DisposeAsync);

        // Stopped after the mount, so that whoever asked for the end still gets the answer.
        DaemonControl target = new(this, plan.Catalog, levels, _time);
        ControlServer server = await ControlServer.StartAsync(plan.Catalog.Locations.SocketOf(Config.Name), target, loggers, cancel).ConfigureAwait(false);
        _teardown.Push(async () =>
        {
            await server.DisposeAsync().ConfigureAwait(false);
            target.Dispose();
        });
    }

    /// <summary>Gives the links and the cache what was given as mount options now.</summary>
    public async Task ApplyAsync(OptionSet given, CancellationToken cancel)
    {
        OptionSet effective = OptionSet.FromStored(Config.Options).With(given);
        ReleaseRule release = ReleaseSettings.Of(effective);
        if (Cache is not null && release != Cache.ReleaseRule)
            Cache.ReleaseRule = release;
        foreach (Link link in Links.All)
        {
            LinkOptions changed = LinkSettings.Apply(link.Options, given, effective);
            if (changed.ToJson() != link.Options.ToJson())
                await Links.UpdateAsync(link.Id, row => row with { Options = changed.ToJson() }, cancel).ConfigureAwait(false);
        }
    }

    // Who uses the mount gets a moment to finish; then it is detached, and after a while cut off.
    private async Task LeaveAsync()
    {
        try
        {
            await UnmountAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (ControlException)
        {
            try
            {
                await Task.Run(() => Session.Unmount(UnmountMode.Lazy)).ConfigureAwait(false);
                await Session.Completion.WaitAsync(LazyPatience, _time).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FuseException or TimeoutException)
            {
                Abort();
            }
        }
    }

    private async Task TearDownAsync()
    {
        List<Exception> failures = [];
        while (_teardown.TryPop(out Func<ValueTask>? undo))
        {
            try
            {
                await undo().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // One part that cannot stop must not keep the others, least of all the mount, from it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failures.Add(e);
            }
        }
        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    private static long DefaultMemory() => Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10, 64L << 20, 2L << 30);
}
