using System.Collections.Concurrent;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Reads pending attributes: one HEAD for each inode, shared by all who ask; a directory somebody looks into before it is listed is asked for
/// its first page instead, which tells whether there is anything to HEAD. Asked in a directory's order (<c>ls -l</c>), it runs ahead
/// of the caller, many HEADs at a time.
/// </summary>
internal sealed class AttributeImport(ImportContext context, AttributeCommits commits, FirstPages pages, CancellationToken stopping)
{
    // An export may move the object to another key while we ask; more often than this in a row is not seen.
    private const int MaxKeys = 4;

    // Directories whose reading order is remembered: more than anybody walks at a time.
    private const int MaxSweeps = 1024;

    private readonly ImportContext _context = context;
    private readonly IMetadataStore _store = context.Store;
    private readonly SharedWork<long> _running = new(stopping);
    private readonly ConcurrentDictionary<long, AttributeSweep> _sweeps = new();

    public Task WhenIdleAsync() => _running.WhenIdleAsync();

    /// <summary>Reads one inode's attributes, and runs ahead when the callers follow the directory.</summary>
    public Task ImportAsync(long inode, long directory, long cookie, CancellationToken cancel)
    {
        if (directory != 0 && cookie > 0)
        {
            if (_sweeps.Count >= MaxSweeps)
                DropIdleSweeps();
            _sweeps.GetOrAdd(directory, static (id, self) => new AttributeSweep(self._store, id, self.StartAsync, self._context), this).Asked(cookie);
        }
        return _running.RunAsync(inode, stop => ReadAsync(inode, lookInside: true, stop), cancel);
    }

    /// <summary>Reads one inode's attributes without running ahead.</summary>
    public Task StartAsync(long inode, CancellationToken cancel) => _running.RunAsync(inode, stop => ReadAsync(inode, lookInside: false, stop), cancel);

    private void DropIdleSweeps()
    {
        foreach ((long directory, AttributeSweep sweep) in _sweeps)
        {
            if (sweep.IsIdle)
                _sweeps.TryRemove(new KeyValuePair<long, AttributeSweep>(directory, sweep));
        }
    }

    private async Task ReadAsync(long inode, bool lookInside, CancellationToken cancel)
    {
        for (int attempt = 0; attempt < MaxKeys; attempt++)
        {
            if (await _store.GetInodeAsync(inode, cancel).ConfigureAwait(false) is not { } row || !row.Flags.HasFlag(InodeFlags.AttributesPending))
                return;
            (Link? link, string key) = await FindKeyAsync(row, cancel).ConfigureAwait(false);
            AttributeResult result;
            try
            {
                result = lookInside && link is not null && row.IsDirectory && await HasNoMarkerAsync(inode, link, key, cancel).ConfigureAwait(false)
                    ? new AttributeResult(inode, link, key, null, PosixMetadata.None, null)
                    : await AskAsync(inode, link, key, cancel).ConfigureAwait(false);
            }
            catch (ObjectStoreException e) when (e.Kind is ObjectStoreErrorKind.PreconditionFailed or ObjectStoreErrorKind.NotFound && attempt + 1 < MaxKeys)
            {
                // A symbolic link was replaced between its HEAD and its GET.
                continue;
            }
            catch (ObjectStoreException e)
            {
                throw await _context.FailAsync(link, $"{link?.Url.Scheme}://{link?.Url.Container}/{key}", e).ConfigureAwait(false);
            }
            if (!await commits.StoreAsync(result).ConfigureAwait(false))
                return;
        }
    }

    /// <summary>Looks for the marker of a directory that was never listed; false when there is one, or that is not known.</summary>
    private async Task<bool> HasNoMarkerAsync(long directory, Link link, string prefix, CancellationToken cancel)
    {
        if (prefix.Length == 0 || await _store.GetDirectoryAsync(directory, cancel).ConfigureAwait(false) is not { Listing: ListingState.Unlisted } row
            || row.LinkId != link.Id || row.Prefix != prefix || await _store.GetObjectAsync(link.Id, prefix, cancel).ConfigureAwait(false) is not null)
            return false;
        FirstPage page = await pages.FetchAsync(directory, link, prefix, cancel).ConfigureAwait(false);
        bool none = page.Marker is null;
        pages.Hold(directory, page);
        return none;
    }

    private async Task<AttributeResult> AskAsync(long inode, Link? link, string key, CancellationToken cancel)
    {
        if (link is null || key.Length == 0)
            return new AttributeResult(inode, link, key, null, PosixMetadata.None, null);
        ObjectInfo? info = await _context.HeadAsync(link, key, cancel).ConfigureAwait(false);
        PosixMetadata metadata = info is null ? PosixMetadata.None : PosixMetadata.Read(info.Metadata);
        byte[]? target = info is null || key[^1] == '/' ? null : await SymlinkTargets.ReadAsync(_context, link, info, metadata, cancel).ConfigureAwait(false);
        return new AttributeResult(inode, link, key, info, metadata, target);
    }

    private async ValueTask<(Link? Link, string Key)> FindKeyAsync(InodeRow inode, CancellationToken cancel)
    {
        if (inode.IsDirectory)
        {
            DirectoryRow? directory = await _store.GetDirectoryAsync(inode.Id, cancel).ConfigureAwait(false);
            return directory is { LinkId: not 0 } ? (_context.Links.Find(directory.LinkId), directory.Prefix ?? "") : (null, "");
        }
        ContentRow? content = inode.ContentId == 0 ? null : await _store.GetContentAsync(inode.ContentId, cancel).ConfigureAwait(false);
        return content is { SourceLink: not 0, SourceKey: not null } ? (_context.Links.Find(content.SourceLink), content.SourceKey) : (null, "");
    }
}
