using System.Collections.Concurrent;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Loading;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Import;

/// <summary>What the parts of the importer share. It is also the origin of their commits.</summary>
internal sealed class ImportContext(IMetadataStore store, LinkSet links, TimeProvider time, ILogger logger, int maxRequests) : IDisposable
{
    // A directory that cannot be listed is asked for again and again; one event a minute says it all.
    private static readonly TimeSpan EventInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(int, string), long> _lastEvents = new();

    public IMetadataStore Store => store;

    public LinkSet Links => links;

    public ILogger Logger => logger;

    public NameTracker Tracker { get; } = new();

    public MoveIndex Moves { get; } = new(store);

    /// <summary>Bounds the HEADs (and GETs of symbolic links) under way, of everything that imports.</summary>
    public SemaphoreSlim Requests { get; } = new(maxRequests, maxRequests);

    public int MaxRequests => maxRequests;

    public long NowNs => time.Nanoseconds();

    public TimeProvider Time => time;

    public Batch NewBatch() => new(this);

    /// <summary>The link a directory row or content row refers to.</summary>
    public Link GetLink(int id) =>
        links.Find(id) ?? throw new NamespaceSourceException(Cache.Errno.EIO, $"The link {id} that this directory was imported through was removed.");

    /// <summary>One HEAD, within the bound.</summary>
    public async Task<ObjectInfo?> HeadAsync(Link link, string key, CancellationToken cancel)
    {
        await Requests.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await link.Store.HeadAsync(key, null, cancel).ConfigureAwait(false);
        }
        finally
        {
            Requests.Release();
        }
    }

    /// <summary>The first key below a prefix, or null when there is none: whether the directory exists in the repository.</summary>
    public static async Task<ObjectEntry?> FirstBelowAsync(Link link, string prefix, CancellationToken cancel)
    {
        ListPage page = await link.Store.ListAsync(new ListRequest { Prefix = prefix, MaxKeys = 1 }, cancel).ConfigureAwait(false);
        return page.Objects.Count == 0 ? null : page.Objects[0];
    }

    /// <summary>The failure for the caller of a system call; logged, and once a minute recorded as an event.</summary>
    public async ValueTask<NamespaceSourceException> FailAsync(Link? link, string place, ObjectStoreException failure)
    {
        LogLevel level = RepositoryFailure.GetLogLevel(failure.Kind);
        ImportLog.Failed(logger, level, place, failure.Message);
        string code = RepositoryFailure.GetImportEventCode(failure.Kind);
        (int, string) about = (link?.Id ?? 0, code);
        long now = NowNs;
        long last = _lastEvents.GetOrAdd(about, long.MinValue);
        if ((last == long.MinValue || now - last > EventInterval.Ticks * TimeSpan.NanosecondsPerTick) && _lastEvents.TryUpdate(about, now, last))
        {
            await store.CommitAsync(NewBatch().Add(new RowWrite.AddEvent(new EventRow
            {
                TimeNs = now,
                Code = code,
                LinkId = about.Item1,
                Subject = place,
                Message = failure.Message,
            }))).ConfigureAwait(false);
        }
        return RepositoryFailure.ForNames(failure);
    }

    public void Dispose()
    {
        Requests.Dispose();
        Moves.Dispose();
    }
}
