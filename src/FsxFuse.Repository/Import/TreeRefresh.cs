using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Loading;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Imports a whole prefix again: the keys of the repository (one listing without a delimiter) and the remembered objects, both in key
/// order, are merged like two sorted files. A key on one side only is new or gone, one whose ETag or time differs has changed; an
/// unchanged one costs nothing. Nothing is believed of a changed or missing key until its own HEAD says so.
/// </summary>
internal sealed class TreeRefresh(ImportContext context, NameRefresh refresh, AttributeImport attributes)
{
    private const int MaxWaitingNames = 2000;

    private readonly IMetadataStore _store = context.Store;

    public async Task<RefreshCounts> RunAsync(RefreshRequest request, CancellationToken cancel)
    {
        Link link = request.Link;
        if (!request.KeyPrefix.StartsWith(link.Prefix, StringComparison.Ordinal))
            throw new ArgumentException($"'{request.KeyPrefix}' is not under {link}.", nameof(request));
        RefreshTally tally = new(request);
        try
        {
            await MergeAsync(request, tally, cancel).ConfigureAwait(false);
        }
        catch (ObjectStoreException e)
        {
            throw await context.FailAsync(link, $"{link.Url.Scheme}://{link.Url.Container}/{request.KeyPrefix}", e).ConfigureAwait(false);
        }
        tally.Report();
        return tally.Counts;
    }

    /// <summary>Reads the pending attributes of a directory's entries.</summary>
    public async Task ReadAttributesAsync(long directory, RefreshTally? tally, CancellationToken cancel)
    {
        List<NamedInode> page = [];
        long cookie = 0;
        while (await _store.ReadDirectoryPlusAsync(directory, cookie, MaxWaitingNames, page, cancel).ConfigureAwait(false) > 0)
        {
            cookie = page[^1].Dentry.Cookie;
            await ReadAttributesAsync(page.Where(e => e.Inode.Flags.HasFlag(InodeFlags.AttributesPending)).Select(e => (e.Inode.Id, e.Dentry.Name.ToString())), tally, cancel)
                .ConfigureAwait(false);
            page.Clear();
        }
    }

    /// <summary>Reads the pending attributes of some inodes; without a tally, the first failure is thrown.</summary>
    public Task ReadAttributesAsync(IEnumerable<(long Inode, string Key)> inodes, RefreshTally? tally, CancellationToken cancel) =>
        Parallel.ForEachAsync(inodes, Parallelism(cancel), async (entry, stop) =>
        {
            try
            {
                await attributes.StartAsync(entry.Inode, stop).ConfigureAwait(false);
            }
            catch (NamespaceSourceException e) when (tally is not null)
            {
                string code = e.InnerException is ObjectStoreException failure ? RepositoryFailure.GetTaskCode(failure.Kind) : "InternalError";
                tally.Failed(new RefreshFailure(entry.Key, code, e.Message));
            }
        });

    private async Task MergeAsync(RefreshRequest request, RefreshTally tally, CancellationToken cancel)
    {
        Link link = request.Link;
        long began = context.NowNs;
        using KeyWindow window = context.Tracker.OpenKeys(link.Id, request.KeyPrefix);
        foreach (string queued in await _store.GetQueuedKeysAsync(link.Id, request.KeyPrefix, cancel).ConfigureAwait(false))
            window.AddKey(queued);

        UnmappableKeys unmappable = new();
        TreeNames names = new(context, refresh, request, window, tally, unmappable);
        RememberedObjects remembered = new(_store, link.Id, request.KeyPrefix);
        TreeSettling settling = new(context, refresh, this, request, tally, began);
        List<Doubt> doubts = [];
        ListRequest? list = new() { Prefix = request.KeyPrefix };
        KnownPlaces? places = request.KnownOnly ? await KnownPlaces.LoadAsync(_store, link, cancel).ConfigureAwait(false) : null;
        if (places is not null)
        {
            TreeDirectory start = await names.EnterAsync(link.Prefix, create: false, cancel).ConfigureAwait(false);
            list = places.After(list, start, "", null, await remembered.PeekAsync(cancel).ConfigureAwait(false));
        }
        Task<ListPage>? next = StartAsync(list);
        while (next is not null)
        {
            ListPage page = await next.ConfigureAwait(false);
            bool more = page.NextToken is not null;
            // Only where no page is passed over is the next one known, and on its way, while this one is dealt with.
            next = more && places is null ? StartAsync(list! with { ContinuationToken = page.NextToken }) : null;
            foreach (ObjectEntry entry in page.Objects)
            {
                ObjectRow? known;
                while ((known = await remembered.PeekAsync(cancel).ConfigureAwait(false)) is not null && ObjectKey.Compare(known.Key, entry.Key) < 0)
                {
                    await GoneAsync(known.Key).ConfigureAwait(false);
                    remembered.Skip();
                }
                if (known is not null && known.Key == entry.Key)
                    remembered.Skip();
                else
                    known = null;
                tally.Listed();
                if (await VisitAsync(request, names, settling, tally, unmappable, entry, known, cancel).ConfigureAwait(false) is { } doubt)
                    doubts.Add(doubt);
                if (names.Waiting >= MaxWaitingNames)
                    await names.FlushAsync(cancel).ConfigureAwait(false);
            }
            if (more && places is not null)
            {
                // The directory of a key that cannot be a name is not the one entered last.
                string last = page.Objects.Count == 0 ? "" : page.Objects[^1].Key;
                list = last.Length <= link.Prefix.Length || KeyMap.FindFault(last.AsSpan(link.Prefix.Length)) is not null
                    ? list! with { ContinuationToken = page.NextToken }
                    : places.After(list!, names.Here, last, page.NextToken, await remembered.PeekAsync(cancel).ConfigureAwait(false));
                next = StartAsync(list);
                more = next is not null;
            }
            if (!more)
            {
                while (await remembered.PeekAsync(cancel).ConfigureAwait(false) is { } gone)
                {
                    await GoneAsync(gone.Key).ConfigureAwait(false);
                    remembered.Skip();
                    if (doubts.Count >= MaxWaitingNames)
                        await ResolveAsync(request, tally, doubts, cancel).ConfigureAwait(false);
                }
            }
            await names.FlushAsync(cancel).ConfigureAwait(false);
            await ResolveAsync(request, tally, doubts, cancel).ConfigureAwait(false);
            tally.Report();
        }
        await settling.RunAsync(cancel).ConfigureAwait(false);
        Batch end = context.NewBatch();
        unmappable.Report(end, context, link, request.KeyPrefix);
        if (!end.IsEmpty)
            await _store.CommitAsync(end, cancel).ConfigureAwait(false);

        async ValueTask GoneAsync(string key)
        {
            if (request.Events.HasFlag(RepositoryEvents.Deleted))
                doubts.Add(await DoubtAsync(names, key, cancel).ConfigureAwait(false));
        }

        Task<ListPage>? StartAsync(ListRequest? wanted) => wanted is null ? null : request.Pace is null ? link.Store.ListAsync(wanted, cancel) : PacedAsync(wanted);

        async Task<ListPage> PacedAsync(ListRequest wanted)
        {
            await request.Pace!(cancel).ConfigureAwait(false);
            return await link.Store.ListAsync(wanted, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Deals with one key of the repository; what only its own HEAD can decide is returned.</summary>
    private async ValueTask<Doubt?> VisitAsync(
        RefreshRequest request, TreeNames names, TreeSettling settling, RefreshTally tally, UnmappableKeys unmappable, ObjectEntry entry, ObjectRow? known, CancellationToken cancel)
    {
        Link link = request.Link;
        ReadOnlySpan<char> relative = entry.Key.AsSpan(link.Prefix.Length);
        if (!relative.IsEmpty && KeyMap.FindFault(relative) is { } fault)
        {
            if (fault != KeyFault.Probe)
                tally.Unmappable();
            unmappable.Add(entry.Key, fault);
            return null;
        }
        bool isMarker = relative.IsEmpty || relative[^1] == '/';
        int slash = entry.Key.LastIndexOf('/');
        TreeDirectory directory = await names.EnterAsync(isMarker ? entry.Key : entry.Key[..(slash + 1)], create: true, cancel).ConfigureAwait(false);
        if (directory.Row is null || directory.IsLeftAlone)
        {
            if (request.KnownOnly)
                directory.KnownParent?.See(settling.Seen);
            tally.Add(RefreshOutcome.Skipped);
            return null;
        }
        directory.See(settling.Seen);
        bool same = known is not null && known.ETag == entry.ETag && IsSameTime(known.ModifiedNs, entry.LastModified.ToUnixNanoseconds());
        if (isMarker)
        {
            if (known is null)
                await _store.CommitAsync(MarkerBatch(link, entry), cancel).ConfigureAwait(false);
            if (known is null || same || directory.Parent is null)
                return null;
            return new Doubt(directory.Parent.Row!, directory.Row.Name, entry.Key);
        }
        if (same)
        {
            tally.Add(RefreshOutcome.Unchanged);
            return null;
        }
        FileName name = new(entry.Key[(slash + 1)..]);
        if (known is not null)
            return request.Events.HasFlag(RepositoryEvents.Changed) ? new Doubt(directory.Row, name, entry.Key) : Skip(tally);
        if (request.KnownOnly && directory.Row.Listing != ListingState.Complete)
            return null;
        if (!request.Events.HasFlag(RepositoryEvents.New) || !names.IsFree(directory, name, entry.Key))
        {
            tally.Add(RefreshOutcome.Skipped);
            return null;
        }
        NamedInode? there = directory.IsFresh ? null : await _store.LookupAsync(directory.Row.Id, name, cancel).ConfigureAwait(false);
        if (there is null)
        {
            names.Add(directory, name, entry);
            return null;
        }
        if (!there.Value.Inode.IsDirectory)
            return new Doubt(directory.Row, name, entry.Key);
        tally.Unmappable();
        unmappable.Add(entry.Key, KeyFault.ShadowedByDirectory);
        return null;
    }

    private static Doubt? Skip(RefreshTally tally)
    {
        tally.Add(RefreshOutcome.Skipped);
        return null;
    }

    private Batch MarkerBatch(Link link, in ObjectEntry entry)
    {
        Batch batch = context.NewBatch().Require(new Guard.KeyNotQueued(link.Id, entry.Key));
        ImportedRows.AddMarker(batch, link, entry);
        return batch;
    }

    private static async ValueTask<Doubt> DoubtAsync(TreeNames names, string key, CancellationToken cancel)
    {
        (string prefix, string component, bool isMarker) = KeyMap.Split(key);
        TreeDirectory directory = await names.EnterAsync(prefix, create: false, cancel).ConfigureAwait(false);
        bool usable = !isMarker && directory.Row is not null && !directory.IsLeftAlone;
        return new Doubt(usable ? directory.Row : null, new FileName(component), key);
    }

    private async Task ResolveAsync(RefreshRequest request, RefreshTally tally, List<Doubt> doubts, CancellationToken cancel)
    {
        await Parallel.ForEachAsync(doubts, Parallelism(cancel), async (doubt, stop) =>
        {
            try
            {
                if (doubt.Directory is null)
                    await ForgetAsync(request.Link, doubt.Key, stop).ConfigureAwait(false);
                else
                    tally.Add(await refresh.RunAsync(doubt.Directory, doubt.Name, request.Events, stop).ConfigureAwait(false));
            }
            catch (ObjectStoreException e) when (e.Kind is not (ObjectStoreErrorKind.Unreachable or ObjectStoreErrorKind.NoSuchBucket))
            {
                tally.Failed(new RefreshFailure(doubt.Key, RepositoryFailure.GetTaskCode(e.Kind), e.Message));
            }
        }).ConfigureAwait(false);
        doubts.Clear();
    }

    /// <summary>Forgets a remembered object that no name here stands for (a directory's marker, or a leftover), once a HEAD says that it is gone.</summary>
    private async Task ForgetAsync(Link link, string key, CancellationToken cancel)
    {
        if (await context.HeadAsync(link, key, cancel).ConfigureAwait(false) is null)
        {
            await _store.CommitAsync(
                context.NewBatch().Require(new Guard.KeyNotQueued(link.Id, key)).Add(new RowWrite.DeleteObject(link.Id, key)), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A listing has milliseconds, a HEAD seconds, and 0 stands for an upload of ours whose time nobody told: within a second it is the
    /// same write, since its ETag is the same too.
    /// </summary>
    private static bool IsSameTime(long remembered, long listed) =>
        remembered == 0 || Math.Abs(remembered - listed) < UnixTime.NanosecondsPerSecond;

    private ParallelOptions Parallelism(CancellationToken cancel) => new() { MaxDegreeOfParallelism = context.MaxRequests, CancellationToken = cancel };

    /// <summary>A key whose own HEAD decides. Without a directory, no name stands for it.</summary>
    private readonly record struct Doubt(DirectoryRow? Directory, FileName Name, string Key);
}
