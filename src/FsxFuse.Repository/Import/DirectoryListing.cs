using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Lists one directory: one paged LIST with a delimiter, no HEAD; its first page may be at hand already. Pages are committed as they arrive, so a listing that breaks off
/// loses nothing and the next one goes over what is there; only the last commit, of a listing that ran to its end, makes the directory complete.
/// </summary>
internal sealed class DirectoryListing(ImportContext context, FirstPages pages)
{
    private readonly IMetadataStore _store = context.Store;

    public async Task RunAsync(long directory, CancellationToken cancel)
    {
        while (await _store.GetDirectoryAsync(directory, cancel).ConfigureAwait(false) is { Listing: ListingState.Unlisted, LinkId: not 0 } row)
        {
            Link link = context.GetLink(row.LinkId);
            try
            {
                if (await TryListAsync(row, link, cancel).ConfigureAwait(false))
                    return;
            }
            catch (ObjectStoreException e)
            {
                throw await context.FailAsync(link, $"{link.Store.Location}/{row.Prefix}", e).ConfigureAwait(false);
            }
        }
    }

    /// <summary>False when the directory's objects are elsewhere by now: list again.</summary>
    private async Task<bool> TryListAsync(DirectoryRow row, Link link, CancellationToken cancel)
    {
        string prefix = row.Prefix ?? "";
        using FirstPage first = pages.Take(row) ?? await pages.FetchAsync(row.Id, link, prefix, cancel).ConfigureAwait(false);
        NameWindow taken = first.Taken;
        await AddNamesAsync(row.Id, taken, cancel).ConfigureAwait(false);

        ListingPages names = new(prefix);
        UnmappableKeys unmappable = new();
        ListRequest request = new() { Prefix = prefix, Delimiter = "/" };
        Task<ListPage> next = Task.FromResult(first.Page);
        int count = 0;
        long total = 0;
        while (true)
        {
            ListPage page = await next.ConfigureAwait(false);
            bool last = page.NextToken is null;
            // The next page is on its way while this one is committed.
            if (!last)
                next = link.Store.ListAsync(request with { ContinuationToken = page.NextToken }, cancel);
            count++;
            List<ListedName> found = names.Take(page, unmappable);
            found.RemoveAll(n => first.Tombstones.Hides(n));
            for (int i = found.Count - 1; i >= 0; i--)
            {
                if (found[i].IsDirectory && await context.Moves.HasUnderAsync(link.Id, found[i].Key, cancel).ConfigureAwait(false))
                    found.RemoveAt(i);
            }
            DirectoryRow? current = await CommitAsync(row, link, found, taken, last ? (first.BeganNs, unmappable) : null, names.Marker, cancel).ConfigureAwait(false);
            if (current is null)
            {
                // Of no use, but it must not end unobserved.
                if (!last)
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return false;
            }
            row = current;
            total += found.Count;
            if (last)
            {
                ImportLog.Listed(context.Logger, prefix, link.Row.AssociationId, total, count);
                return true;
            }
        }
    }

    /// <summary>Commits a page's names; returns the directory row as stored, or null when the listing is of no use any more.</summary>
    private async Task<DirectoryRow?> CommitAsync(
        DirectoryRow row, Link link, List<ListedName> found, NameWindow taken, (long Began, UnmappableKeys Unmappable)? end, ObjectEntry? marker, CancellationToken cancel)
    {
        while (true)
        {
            found.RemoveAll(n => taken.Contains(n.Name));
            Batch batch = context.NewBatch();
            DirectoryRow stored = row;
            if (end is { } done)
            {
                stored = batch.Update(row, row with { Listing = ListingState.Complete, ListedAtNs = done.Began });
                done.Unmappable.Report(batch, context, link, row.Prefix ?? "");
                if (marker is { } object_)
                    ImportedRows.AddMarker(batch, link, object_);
            }
            else
            {
                if (found.Count == 0)
                    return row;
                batch.Require(new Guard.DirectoryVersion(row.Id, row.Version));
            }
            AddNames(batch, row.Id, link, found);
            CommitResult result = await _store.CommitAsync(batch, cancel).ConfigureAwait(false);
            switch (result.FailedGuard)
            {
                case null:
                    return stored;
                case Guard.DentryAbsent:
                    // Others look names up meanwhile, so where one is taken more may be.
                    foreach (ListedName name in found)
                    {
                        if (await _store.GetDentryAsync(row.Id, name.Name, cancel).ConfigureAwait(false) is not null)
                            taken.Add(name.Name);
                    }
                    break;
                case Guard.KeyNotQueued queued:
                    found.RemoveAll(n => n.Key == queued.Key);
                    break;
                default:
                    // Moved, listed by somebody else or removed. A move leaves the objects where they are, so what was listed holds.
                    DirectoryRow? again = await _store.GetDirectoryAsync(row.Id, cancel).ConfigureAwait(false);
                    if (again is null || again.Listing != row.Listing || again.LinkId != row.LinkId || again.Prefix != row.Prefix)
                        return null;
                    row = again;
                    break;
            }
        }
    }

    private void AddNames(Batch batch, long directory, Link link, List<ListedName> found)
    {
        if (found.Count == 0)
            return;
        long id = _store.AllocateIds(found.Count * ImportedRows.IdsPerName);
        int directories = 0;
        foreach (ListedName name in found)
        {
            if (name.Entry is { } entry)
            {
                ImportedRows.AddFile(batch, link, directory, name.Name, entry, id);
            }
            else
            {
                ImportedRows.AddDirectory(batch, link, directory, name.Name, name.Key, id);
                directories++;
            }
            id += ImportedRows.IdsPerName;
        }
        // The directory itself did not change by becoming known: its times stay.
        if (directories > 0)
            batch.Add(new RowWrite.MergeInode(directory, long.MinValue, long.MinValue, directories));
    }

    private async Task AddNamesAsync(long directory, NameWindow taken, CancellationToken cancel)
    {
        const int PageSize = 1000;
        List<DentryRow> entries = [];
        long cookie = 0;
        while (await _store.ReadDirectoryAsync(directory, cookie, PageSize, entries, cancel).ConfigureAwait(false) > 0)
        {
            foreach (DentryRow entry in entries)
                taken.Add(entry.Name);
            cookie = entries[^1].Cookie;
            entries.Clear();
        }
    }
}
