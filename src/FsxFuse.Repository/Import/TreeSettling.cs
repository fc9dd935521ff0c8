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
        if (!IsCovered(prefix) || _seen.Contains(row.Id) || !request.Events.HasFlag(RepositoryEvents.Deleted) || !entry.Inode.Flags.HasFlag(InodeFlags.Archived))
            return;
        if (await context.Moves.HasUnderAsync(_link.Id, prefix, cancel).ConfigureAwait(false)
            || await ImportContext.FirstBelowAsync(_link, prefix, cancel).ConfigureAwait(false) is not null)
        {
            return;
        }
        // Its inode may have changed since the page was read: names below it were removed.
        if (await _store.LookupAsync(entry.Dentry.Parent, entry.Dentry.Name, cancel).ConfigureAwait(false) is { } now && now.Inode.Id == row.Id
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
