using System.Collections.Frozen;
using System.Security.Cryptography;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Links;

/// <summary>
/// The links of one file system. <see cref="LoadAsync"/> first; then look-ups are free of locks and of I/O. Owns the links' buckets.
/// </summary>
public sealed class LinkSet : IAsyncDisposable
{
    // The last number given to a link: numbers are never used again, so the rows of a removed link never seem to be another's.
    private const string LastNumberSetting = "repository.last-link";

    private readonly IMetadataStore _store;
    private readonly OpenObjectStore _open;
    private readonly TimeProvider _time;
    private readonly uint _defaultUid;
    private readonly uint _defaultGid;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly List<StoreSlot> _retired = [];
    private volatile FrozenDictionary<int, Link> _links = FrozenDictionary<int, Link>.Empty;

    /// <summary>Makes an empty set.</summary>
    /// <param name="store">The file system's metadata.</param>
    /// <param name="open">Opens a link's bucket.</param>
    /// <param name="time">The clock.</param>
    /// <param name="defaultUid">Owner of what has no metadata, unless the link says otherwise: the user who mounts.</param>
    /// <param name="defaultGid">The same for the group.</param>
    public LinkSet(IMetadataStore store, OpenObjectStore open, TimeProvider time, uint defaultUid, uint defaultGid)
    {
        _store = store;
        _open = open;
        _time = time;
        _defaultUid = defaultUid;
        _defaultGid = defaultGid;
    }

    /// <summary>Raised after links came, changed or went: what is asked for from then on is as it is now. Handlers must only take note.</summary>
    public event Action? Changed;

    /// <summary>All links, in no order.</summary>
    public IReadOnlyList<Link> All => _links.Values;

    /// <summary>The link of that number, or null.</summary>
    public Link? Find(int id) => _links.GetValueOrDefault(id);

    /// <summary>The link of that public id (<c>dra-…</c>), or null.</summary>
    public Link? Find(string associationId) => _links.Values.FirstOrDefault(l => l.Row.AssociationId == associationId);

    /// <summary>The link whose directory this inode is, or null.</summary>
    public Link? FindByDirectory(long directory) => _links.Values.FirstOrDefault(l => l.Directory == directory);

    /// <summary>The link whose repository holds this URL's key or prefix, or null.</summary>
    public Link? FindByUrl(RepositoryUrl url) =>
        _links.Values.FirstOrDefault(l => url.ToString().StartsWith(l.Url.ToString(), StringComparison.Ordinal));

    /// <summary>Reads the links from the store. Again later: sees what other nodes changed; open buckets stay open.</summary>
    public async Task LoadAsync(CancellationToken cancel = default)
    {
        await _changing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            Dictionary<int, Link> links = [];
            foreach (LinkRow row in await _store.GetLinksAsync(cancel).ConfigureAwait(false))
                links[row.Id] = Make(row, Find(row.Id));
            foreach (Link gone in _links.Values.Where(l => !links.ContainsKey(l.Id)))
                _retired.Add(gone.Slot);
            Set(links.Values);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Links an empty directory to a repository: one commit of the link and of the directory, which becomes unlisted. Makes no
    /// request: whoever calls has checked the access.
    /// </summary>
    /// <param name="url">The repository; it may not overlap that of another link.</param>
    /// <param name="directory">The directory's inode: empty, and not inside another link.</param>
    /// <param name="path">Its path, starting with '/'.</param>
    /// <param name="options">Policies, defaults, connection.</param>
    /// <param name="cancel">Cancels before the commit.</param>
    /// <exception cref="LinkException">It overlaps another link, or the directory is not empty or gone.</exception>
    public Task<Link> CreateAsync(RepositoryUrl url, long directory, string path, LinkOptions options, CancellationToken cancel = default) =>
        CreateAsync(url, directory, path, options, LinkLifecycle.Available, cancel);

    internal async Task<Link> CreateAsync(RepositoryUrl url, long directory, string path, LinkOptions options, string lifecycle, CancellationToken cancel)
    {
        await _changing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            while (true)
            {
                DirectoryRow root = await GetDirectoryAsync(InodeRow.RootId, "/", cancel).ConfigureAwait(false);
                DirectoryRow row = directory == InodeRow.RootId ? root : await GetDirectoryAsync(directory, path, cancel).ConfigureAwait(false);
                CheckOverlap(await _store.GetLinksAsync(cancel).ConfigureAwait(false), url, row, path);
                int number = 1 + int.Parse(
                    await _store.GetSettingAsync(LastNumberSetting, cancel).ConfigureAwait(false) ?? "0", System.Globalization.CultureInfo.InvariantCulture);
                LinkRow linkRow = new()
                {
                    Id = number,
                    AssociationId = NewId("dra-"),
                    Directory = directory,
                    Path = path,
                    Url = url.ToString(),
                    Options = options.ToJson(),
                    Lifecycle = lifecycle,
                    CreatedNs = _time.Nanoseconds(),
                };
                Batch batch = new(this);
                batch.Require(new Guard.DirectoryEmpty(directory));
                batch.Update(row, row with { Listing = ListingState.Unlisted, LinkId = number, Prefix = url.Prefix, ListedAtNs = 0 });
                // Raising the root's version makes two nodes that link at the same time take different numbers.
                if (row.Id != root.Id)
                    batch.Update(root, root);
                batch.Add(new RowWrite.PutLink(linkRow));
                batch.Add(new RowWrite.PutSetting(LastNumberSetting, number.ToString(System.Globalization.CultureInfo.InvariantCulture)));
                CommitResult result = await _store.CommitAsync(batch, cancel).ConfigureAwait(false);
                if (result.FailedGuard is Guard.DirectoryEmpty)
                    throw new LinkException($"{path} is not empty: only an empty directory can be linked to {url}.");
                if (!result.Committed)
                    continue;
                Link link = Make(linkRow, null);
                Set(_links.Values.Append(link));
                return link;
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Stores new options or another lifecycle for a link. Its place and repository cannot change.</summary>
    public async Task<Link> UpdateAsync(int id, Func<LinkRow, LinkRow> change, CancellationToken cancel = default)
    {
        await _changing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            Link old = Find(id) ?? throw new LinkException($"There is no link {id}.");
            LinkRow changed = change(old.Row) with { Id = old.Id, AssociationId = old.Row.AssociationId, Directory = old.Directory, Path = old.Row.Path, Url = old.Row.Url };
            await _store.CommitAsync(new Batch(this).Add(new RowWrite.PutLink(changed)), cancel).ConfigureAwait(false);
            Link link = Make(changed, old);
            Set(_links.Values.Where(l => l.Id != id).Append(link));
            return link;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Forgets a link, with what is remembered of its objects and what is queued for them, in one commit with what <paramref name="join"/> adds.</summary>
    internal async Task RemoveAsync(int id, Action<Batch> join)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            Batch batch = new(this);
            batch.Add(new RowWrite.DeleteLink(id));
            join(batch);
            await _store.CommitAsync(batch).ConfigureAwait(false);
            // Requests under way still use its connection.
            if (Find(id) is { } gone)
                _retired.Add(gone.Slot);
            Set(_links.Values.Where(l => l.Id != id));
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>A public id as FSx makes them: the prefix and 17 random hex digits.</summary>
    public static string NewId(string prefix) => prefix + RandomNumberGenerator.GetHexString(17, lowercase: true);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (StoreSlot slot in _links.Values.Select(l => l.Slot).Concat(_retired))
            await slot.DisposeAsync().ConfigureAwait(false);
        _changing.Dispose();
    }

    private void Set(IEnumerable<Link> links)
    {
        _links = links.ToFrozenDictionary(link => link.Id);
        Changed?.Invoke();
    }

    private Link Make(LinkRow row, Link? old)
    {
        LinkOptions options = LinkOptions.FromJson(row.Options);
        if (old is not null && old.Url.ToString() == row.Url && old.Options.ConnectsLike(options))
            return new Link(row, options, old.Slot, _defaultUid, _defaultGid);
        // Requests under way still use the former connection, so it is closed only with the set.
        if (old is not null)
            _retired.Add(old.Slot);
        RepositoryUrl url = RepositoryUrl.Parse(row.Url);
        return new Link(row, options, new StoreSlot(() => _open(url, options)), _defaultUid, _defaultGid);
    }

    private async ValueTask<DirectoryRow> GetDirectoryAsync(long id, string path, CancellationToken cancel) =>
        await _store.GetDirectoryAsync(id, cancel).ConfigureAwait(false) ?? throw new LinkException($"{path} is no directory.");

    private static void CheckOverlap(IReadOnlyList<LinkRow> links, RepositoryUrl url, DirectoryRow directory, string path)
    {
        foreach (LinkRow other in links)
        {
            if (RepositoryUrl.Parse(other.Url).Overlaps(url))
                throw new LinkException($"{url} overlaps {other.Url}, which is linked to {other.Path} ({other.AssociationId}).");
        }
        if (directory.LinkId != 0)
        {
            LinkRow? holder = links.FirstOrDefault(l => l.Id == directory.LinkId);
            throw new LinkException($"{path} lies inside the link {holder?.AssociationId ?? "?"} of {holder?.Path ?? "?"}; links cannot be nested.");
        }
        // An empty directory has no link below it, but "/" may be linked only when it is the only one.
        if (directory.Id == InodeRow.RootId && links.Count > 0)
            throw new LinkException("/ can be linked only when there is no other link.");
    }
}
