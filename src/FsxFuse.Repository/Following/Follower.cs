using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Following;

/// <summary>
/// Follows what others change in the linked repositories (automatic import): events name keys, which wait in one queue and are each looked
/// at, and a reconciliation from time to time finds what no event told. Only what is known here is followed: whoever looks at the rest
/// for the first time sees it as it is then. One for each file system.
/// </summary>
public sealed class Follower : IAsyncDisposable
{
    // A key that is refused this often is left to the reconciliation: only a person can mend it.
    private const int MaxRefusals = 8;

    private readonly IMetadataStore _store;
    private readonly LinkSet _links;
    private readonly Importer _importer;
    private readonly FollowOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HintQueue _queue;
    private readonly Reconciler _reconciler;
    private readonly Echoes _echoes;
    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _subscription;
    private Task _work = Task.CompletedTask;

    /// <summary>Makes the follower; <see cref="Start"/> sets it to work.</summary>
    /// <param name="store">The file system's metadata.</param>
    /// <param name="links">Its links.</param>
    /// <param name="importer">Does the importing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="options">How it works; null for the defaults.</param>
    public Follower(IMetadataStore store, LinkSet links, Importer importer, TimeProvider time, ILogger logger, FollowOptions? options = null)
    {
        (_store, _links, _importer, _time, _logger) = (store, links, importer, time, logger);
        _options = options ?? new FollowOptions();
        _queue = new HintQueue(time, _options.QueueLimit);
        _echoes = new Echoes(time);
        _reconciler = new Reconciler(links, importer, _options, time, logger);
    }

    /// <summary>Begins to follow, with a reconciliation of every link: much may have changed since the last mount.</summary>
    public void Start()
    {
        _subscription = _store.Subscribe(OnCommitted);
        _links.Changed += _reconciler.Wake;
        _work = Task.WhenAll(Enumerable.Range(0, _options.Concurrency).Select(_ => Task.Run(LookAsync)).Append(Task.Run(() => _reconciler.RunAsync(_stop.Token))));
    }

    /// <summary>
    /// Takes the word of somebody that an object was written or deleted. It is no more than a hint: the object itself is asked.
    /// </summary>
    /// <param name="container">The bucket.</param>
    /// <param name="key">The full key.</param>
    /// <param name="etag">The ETag that it is said to have now; empty when it was deleted, null when nothing was said.</param>
    /// <returns>How many links it concerns.</returns>
    public int Hint(string container, string key, string? etag = null)
    {
        int concerned = 0;
        foreach (Link link in _links.All)
        {
            if (link.Url.Container != container || key.Length <= link.Prefix.Length || !key.StartsWith(link.Prefix, StringComparison.Ordinal)
                || link.Options.ImportPolicy == RepositoryEvents.None)
            {
                continue;
            }
            concerned++;
            if (_echoes.Take(link.Id, key, etag))
                continue;
            if (!_queue.Add(link.Id, key))
            {
                FollowLog.Overflow(_logger, link.ToString());
                _reconciler.Demand(link.Id, lost: true);
            }
        }
        return concerned;
    }

    /// <summary>Compares a link with its repository as soon as possible.</summary>
    public void Reconcile(Link link) => _reconciler.Demand(link.Id);

    /// <summary>How far behind a link may be.</summary>
    public FollowStatus GetStatus(Link link)
    {
        (FollowStatus status, long lost) = _reconciler.Look(link);
        (int count, long oldest) = _queue.Look(link.Id);
        if (lost != 0)
            oldest = oldest == 0 ? lost : Math.Min(oldest, lost);
        TimeSpan age = oldest == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, _time.Nanoseconds() - oldest) / TimeSpan.NanosecondsPerTick);
        return status with { Queued = count, OldestAge = age };
    }

    /// <summary>Stops; what waits is found by the reconciliation of the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        _links.Changed -= _reconciler.Wake;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _reconciler.Dispose();
        _stop.Dispose();
    }

    // Called from the committing thread: it only takes note.
    private void OnCommitted(Batch batch)
    {
        if (!ReferenceEquals(batch.Origin, _importer.Origin))
            _echoes.Note(batch);
    }

    private async Task LookAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            HintQueue.Hint hint = await _queue.TakeAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                Link? link = _links.Find(hint.Link);
                if (link?.Row.Lifecycle == LinkLifecycle.Misconfigured)
                {
                    // Nothing is asked of it until it works again; the age of what waits goes on.
                    _queue.Retry(hint, _options.RetryFirst);
                    continue;
                }
                if (link is not null && link.Row.Lifecycle != LinkLifecycle.Deleting)
                    await LookAsync(link, hint).ConfigureAwait(false);
                _queue.Done(hint);
            }
            catch (Exception e) when (e is NamespaceSourceException or MetadataStoreException)
            {
                if (e.InnerException is ObjectStoreException { IsTransient: false } && hint.Attempts >= MaxRefusals)
                {
                    FollowLog.KeyFailed(_logger, hint.Key, e.Message);
                    _queue.Done(hint);
                }
                else
                {
                    double seconds = _options.RetryFirst.TotalSeconds * Math.Pow(2, Math.Min(hint.Attempts, 20));
                    _queue.Retry(hint, TimeSpan.FromSeconds(Math.Min(seconds, _options.RetryMax.TotalSeconds)));
                }
            }
        }
    }

    private async ValueTask LookAsync(Link link, HintQueue.Hint hint)
    {
        RefreshOutcome outcome = await _importer.RefreshKeyAsync(link, hint.Key, link.Options.ImportPolicy, knownOnly: true, _stop.Token).ConfigureAwait(false);

        // The last object of a directory that has no marker takes the directory with it, as it brought it.
        (string parent, _, _) = KeyMap.Split(hint.Key);
        if (outcome == RefreshOutcome.Deleted && parent.Length > link.Prefix.Length && await IsEmptyAsync(link, parent).ConfigureAwait(false))
            _queue.Add(link.Id, parent);
    }

    private async ValueTask<bool> IsEmptyAsync(Link link, string prefix) =>
        await new NamespacePaths(_store, _links).ResolveKeyAsync(link, prefix, _stop.Token).ConfigureAwait(false) is { } directory
        && await _store.ReadDirectoryAsync(directory.Inode.Id, 0, 1, [], _stop.Token).ConfigureAwait(false) == 0;
}
