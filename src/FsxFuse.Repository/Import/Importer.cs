using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Brings names, attributes and changes of linked repositories into the store. Everything is lazy: a directory is listed when somebody
/// reads it, an object's attributes are read when somebody asks for them, and whatever is asked for by many at once is done once.
/// </summary>
public sealed class Importer : INamespaceSource, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ImportContext _context;
    private readonly IDisposable _feed;
    private readonly FirstPages _pages;
    private readonly DirectoryListing _listing;
    private readonly NameImport _names;
    private readonly NameRefresh _refresh;
    private readonly TreeRefresh _trees;
    private readonly AttributeCommits _commits;
    private readonly AttributeImport _attributes;
    private readonly SharedWork<long> _listings;
    private readonly SharedWork<(long, FileName)> _lookups;
    private readonly SharedWork<long> _contents;

    /// <summary>Makes an importer; it follows the store's changes until it is disposed.</summary>
    /// <param name="store">The file system's metadata.</param>
    /// <param name="links">Its links, loaded.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to report.</param>
    /// <param name="maxRequests">Most HEADs under way at a time, 1 and up.</param>
    public Importer(IMetadataStore store, LinkSet links, TimeProvider time, ILogger logger, int maxRequests = 64)
    {
        _context = new ImportContext(store, links, time, logger, maxRequests);
        _feed = store.Subscribe(OnCommitted);
        _pages = new FirstPages(_context);
        _listing = new DirectoryListing(_context, _pages);
        _names = new NameImport(_context, _pages);
        _refresh = new NameRefresh(_context, _names);
        _commits = new AttributeCommits(_context);
        _attributes = new AttributeImport(_context, _commits, _pages, _stopping.Token);
        _trees = new TreeRefresh(_context, _refresh, _attributes);
        _listings = new SharedWork<long>(_stopping.Token);
        _lookups = new SharedWork<(long, FileName)>(_stopping.Token);
        _contents = new SharedWork<long>(_stopping.Token);
    }

    /// <summary>The origin of this importer's commits in the change feed.</summary>
    public object Origin => _context;

    /// <inheritdoc/>
    public ValueTask ImportNameAsync(long directory, FileName name, CancellationToken cancel = default) =>
        new(_lookups.RunAsync((directory, name), stop => _names.RunAsync(directory, name, stop), cancel));

    /// <inheritdoc/>
    public ValueTask ListAsync(long directory, CancellationToken cancel = default)
    {
        ValueTask<DirectoryRow?> read = _context.Store.GetDirectoryAsync(directory, cancel);
        return read.IsCompletedSuccessfully && read.Result is not { Listing: ListingState.Unlisted }
            ? ValueTask.CompletedTask
            : new(_listings.RunAsync(directory, stop => _listing.RunAsync(directory, stop), cancel));
    }

    /// <inheritdoc/>
    public ValueTask ImportAttributesAsync(long inode, long directory, long cookie, CancellationToken cancel = default) =>
        new(_attributes.ImportAsync(inode, directory, cookie, cancel));

    /// <summary>
    /// Imports the metadata of everything whose key starts with a prefix again: new, changed and deleted objects. Streams: neither the
    /// bucket nor the namespace is held in memory.
    /// </summary>
    /// <returns>The final counts.</returns>
    /// <exception cref="NamespaceSourceException">The repository could not be listed. What was imported until then stays.</exception>
    public Task<RefreshCounts> RefreshAsync(RefreshRequest request, CancellationToken cancel = default) => _trees.RunAsync(request, cancel);

    /// <summary>
    /// Looks at one key again: what an event about it, or a reader who found it changed, calls for. A directory on the way to it is imported
    /// if it is not known; a directory's contents are not looked at (<see cref="RefreshAsync"/> does).
    /// </summary>
    /// <param name="link">The link.</param>
    /// <param name="key">The full key; one slash at its end is ignored.</param>
    /// <param name="events">Which changes to follow.</param>
    /// <param name="knownOnly">Leaves names alone that nobody looked up in directories that nobody listed: they are as unknown as before.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="NamespaceSourceException">The repository could not be asked.</exception>
    public async Task<RefreshOutcome> RefreshKeyAsync(
        Link link, string key, RepositoryEvents events = RepositoryEvents.All, bool knownOnly = false, CancellationToken cancel = default)
    {
        if (!key.StartsWith(link.Prefix, StringComparison.Ordinal) || KeyMap.FindFault(key.AsSpan(link.Prefix.Length)) is not null)
            return RefreshOutcome.Skipped;
        try
        {
            string[] components = key[link.Prefix.Length..].TrimEnd('/').Split('/');
            string prefix = link.Prefix;
            long directory = link.Directory;
            for (int i = 0; ; i++)
            {
                // A directory whose objects are elsewhere, or at a place that a moved one left, is the export's business.
                if (await _context.Store.GetDirectoryAsync(directory, cancel).ConfigureAwait(false) is not { } row || row.LinkId != link.Id || row.Prefix != prefix
                    || (prefix.Length > 0 && await _context.Moves.HasAtAsync(link.Id, prefix, directory, cancel).ConfigureAwait(false)))
                {
                    return RefreshOutcome.Skipped;
                }
                FileName name = new(components[i]);
                NamedInode? next = await _context.Store.LookupAsync(directory, name, cancel).ConfigureAwait(false);
                if (next is null && knownOnly && row.Listing != ListingState.Complete)
                    return RefreshOutcome.Skipped;
                if (i == components.Length - 1)
                    return await _refresh.RunAsync(row, name, events, cancel).ConfigureAwait(false);
                if (next is null && events.HasFlag(RepositoryEvents.New) && await _names.ImportAsync(row, name, cancel).ConfigureAwait(false))
                    next = await _context.Store.LookupAsync(directory, name, cancel).ConfigureAwait(false);
                if (next is not { Inode.IsDirectory: true } child)
                    return next is null ? RefreshOutcome.Absent : RefreshOutcome.Skipped;
                directory = child.Inode.Id;
                prefix += components[i] + "/";
            }
        }
        catch (ObjectStoreException e)
        {
            throw await _context.FailAsync(link, $"{link.Url.Scheme}://{link.Url.Container}/{key}", e).ConfigureAwait(false);
        }
    }

    /// <summary>Reads every pending attribute of a directory's entries (not below), with as many HEADs at a time as are allowed.</summary>
    /// <exception cref="NamespaceSourceException">The repository could not be asked.</exception>
    public Task ImportAllAttributesAsync(long directory, CancellationToken cancel = default) => _trees.ReadAttributesAsync(directory, null, cancel);

    /// <summary>A content's object is not what was imported: looks at its names again, in the background, once for all who find out at a time.</summary>
    internal void RefreshLater(long content) =>
        _ = _contents.RunAsync(content, stop => RefreshContentAsync(content, stop), CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _feed.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (Task work in new[] { _listings.WhenIdleAsync(), _lookups.WhenIdleAsync(), _contents.WhenIdleAsync(), _attributes.WhenIdleAsync() })
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _commits.DisposeAsync().ConfigureAwait(false);
        _pages.Dispose();
        _context.Dispose();
        _stopping.Dispose();
    }

    private async Task RefreshContentAsync(long content, CancellationToken cancel)
    {
        try
        {
            if (await _context.Store.GetContentAsync(content, cancel).ConfigureAwait(false) is not { SourceKey: { } key } row || _context.Links.Find(row.SourceLink) is not { } link)
                return;
            foreach (DentryRow name in await _context.Store.GetNamesAsync(row.Inode, cancel).ConfigureAwait(false))
            {
                if (await _context.Store.GetDirectoryAsync(name.Parent, cancel).ConfigureAwait(false) is { } directory && directory.LinkId == link.Id)
                    await _refresh.RunAsync(directory, name.Name, RepositoryEvents.All, cancel).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is ObjectStoreException or NamespaceSourceException or MetadataStoreException)
        {
            ImportLog.RefreshFailed(_context.Logger, content, e.Message);
        }
    }

    private void OnCommitted(Batch batch)
    {
        _context.Tracker.Note(batch, _context);
        _context.Moves.Note(batch);
    }
}
