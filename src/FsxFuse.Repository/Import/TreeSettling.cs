using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Import;

/// <summary>
/// What is left to do for the directories when an import's listing has ended: those the listing went through are complete; those the
/// repository has no trace of any more go, if they are empty here too.
/// </summary>
internal sealed class TreeSettling(ImportContext context, NameRefresh refresh, TreeRefresh trees, RefreshRequest request, RefreshTally tally, long began)
{
    private const int PageSize = 1000;

    private const int CompletedTogether = 500;

    private readonly IMetadataStore _store = context.Store;
    private readonly Link _link = request.Link;
    private readonly HashSet<long> _seen = [];
    private readonly List<DirectoryRow> _complete = [];
    private readonly List<(long, string)> _pending = [];

    /// <summary>The listing had keys in this directory.</summary>
    public void Seen(TreeDirectory directory) => _seen.Add(directory.Row!.Id);

    public async Task RunAsync(CancellationToken cancel)
    {
        if (request.KnownOnly)
        {
            await RemoveUnseenAsync(cancel).ConfigureAwait(false);
            return;
        }
        if (await _store.GetDirectoryAsync(_link.Directory, cancel).ConfigureAwait(false) is { } root && root.LinkId == _link.Id && root.Prefix == _link.Prefix)
        {
            await VisitAsync(root, cancel).ConfigureAwait(false);
            // The linked directory stays when the repository is empty; it was listed all the same.
            if (request.KeyPrefix == _link.Prefix && root.Listing == ListingState.Unlisted && !_seen.Contains(root.Id))
                _complete.Add(root);
        }
        await CompleteAsync(cancel).ConfigureAwait(false);
        await ReadPendingAsync(cancel).ConfigureAwait(false);
    }

    private bool IsCovered(string prefix) => prefix.StartsWith(request.KeyPrefix, StringComparison.Ordinal);

    private async Task VisitAsync(DirectoryRow row, CancellationToken cancel)
    {
        string prefix = row.Prefix ?? "";
        List<NamedInode> page = [];
        long cookie = 0;
        while (await _store.ReadDirectoryPlusAsync(row.Id, cookie, PageSize, page, cancel).ConfigureAwait(false) > 0)
        {
            cookie = page[^1].Dentry.Cookie;
            NamedInode[] entries = [.. page];
            page.Clear();
            foreach (NamedInode entry in entries)
            {
                if (request.ReadAttributes && entry.Inode.Flags.HasFlag(InodeFlags.AttributesPending))
                    _pending.Add((entry.Inode.Id, prefix + entry.Dentry.Name));
                if (entry.Inode.IsDirectory)
                    await VisitChildAsync(prefix, entry, cancel).ConfigureAwait(false);
            }
            if (_pending.Count >= PageSize)
                await ReadPendingAsync(cancel).ConfigureAwait(false);
        }
        if (row.Listing == ListingState.Unlisted && IsCovered(prefix) && _seen.Contains(row.Id))
        {
            _complete.Add(row);
            if (_complete.Count >= CompletedTogether)
                await CompleteAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Looks at the directories that the listing has not met, without a walk through all names.</summary>
    private async Task RemoveUnseenAsync(CancellationToken cancel)
    {
        if (!request.Events.HasFlag(RepositoryEvents.Deleted))
            return;
        List<DirectoryRow> unseen = [];
        long after = 0;
        while (await _store.GetDirectoriesAsync(_link.Id, after, PageSize, cancel).ConfigureAwait(false) is { Count: > 0 } page)
        {
            unseen.AddRange(page.Where(row => row.Id != _link.Directory && row.Prefix is { } prefix && IsCovered(prefix) && !_seen.Contains(row.Id)));
            after = page[^1].Id;
        }
        // What is in a directory before itself.
        foreach (DirectoryRow row in unseen.OrderByDescending(row => row.Prefix!.Length))
        {
            if (await _store.LookupAsync(row.Parent, row.Name, cancel).ConfigureAwait(false) is { } entry && entry.Inode.Id == row.Id)
                await RemoveIfGoneAsync(entry, row.Prefix!, cancel).ConfigureAwait(false);
        }
    }

    private async Task VisitChildAsync(string parentPrefix, NamedInode entry, CancellationToken cancel)
    {
        if (KeyMap.ToKey(parentPrefix, entry.Dentry.Name, isDirectory: true, out string prefix) is not null
            || !(IsCovered(prefix) || request.KeyPrefix.StartsWith(prefix, StringComparison.Ordinal))
            || await _store.GetDirectoryAsync(entry.Inode.Id, cancel).ConfigureAwait(false) is not { } row
            || row.LinkId != _link.Id || row.Prefix != prefix)
        {
            return;
        }
        await VisitAsync(row, cancel).ConfigureAwait(false);
        if (IsCovered(prefix) && !_seen.Contains(row.Id) && request.Events.HasFlag(RepositoryEvents.Deleted))
            await RemoveIfGoneAsync(entry, prefix, cancel).ConfigureAwait(false);
    }

    /// <summary>Removes a directory that the listing has not met, if the repository has nothing of it indeed.</summary>
    private async Task RemoveIfGoneAsync(NamedInode entry, string prefix, CancellationToken cancel)
    {
        if (!entry.Inode.Flags.HasFlag(InodeFlags.Archived))
            return;
        if (await context.Moves.HasUnderAsync(_link.Id, prefix, cancel).ConfigureAwait(false)
            || await ImportContext.FirstBelowAsync(_link, prefix, cancel).ConfigureAwait(false) is not null)
        {
            return;
        }
        // It may have changed since it was read: names below it were removed.
        if (await _store.LookupAsync(entry.Dentry.Parent, entry.Dentry.Name, cancel).ConfigureAwait(false) is { } now && now.Inode.Id == entry.Inode.Id
            && await _store.GetDirectoryAsync(now.Inode.Id, cancel).ConfigureAwait(false) is { } row && row.LinkId == _link.Id && row.Prefix == prefix
            && await refresh.RemoveDirectoryAsync(_link, now, row, cancel).ConfigureAwait(false) is { } outcome)
        {
            tally.Add(outcome);
        }
    }

    private async Task CompleteAsync(CancellationToken cancel)
    {
        if (_complete.Count == 0)
            return;
        Batch batch = context.NewBatch();
        foreach (DirectoryRow row in _complete)
            batch.Update(row, row with { Listing = ListingState.Complete, ListedAtNs = began });
        if (!(await _store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
        {
            // One of them was moved or listed meanwhile: it lists itself when somebody reads it.
            foreach (DirectoryRow row in _complete)
            {
                Batch one = context.NewBatch();
                one.Update(row, row with { Listing = ListingState.Complete, ListedAtNs = began });
                await _store.CommitAsync(one, cancel).ConfigureAwait(false);
            }
        }
        _complete.Clear();
    }

    private async Task ReadPendingAsync(CancellationToken cancel)
    {
        await trees.ReadAttributesAsync(_pending, tally, cancel).ConfigureAwait(false);
        _pending.Clear();
    }
}
