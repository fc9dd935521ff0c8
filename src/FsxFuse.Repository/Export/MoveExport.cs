using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Export;

/// <summary>
/// One level of a moved directory: each child is queued for its new key, its old key for removal, each sub-directory for its own move;
/// then the directory's prefix is the one its path says. Nothing is read or copied here, and it may stop anywhere: all is idempotent.
/// An entry may also name a prefix where the directory was for a moment between two moves: some objects may have got there.
/// </summary>
internal sealed class MoveExport(ExportContext context)
{
    // Of so many children the entries are committed together: enough to be quick, few enough not to hold other writers up.
    private const int ChildrenPerCommit = 500;

    public async ValueTask<Outcome> RunAsync(ExportJob job, CancellationToken cancel)
    {
        ExportRow row = job.Row;
        DirectoryRow? directory = await context.Store.GetDirectoryAsync(row.Subject, cancel).ConfigureAwait(false);
        if (directory is null)
        {
            Batch removed = context.NewBatch();
            QueueMarker(removed, row);
            await context.Store.CommitAsync(removed, cancel).ConfigureAwait(false);
            return Outcome.Done;
        }
        if (directory.LinkId != row.LinkId || (directory.Prefix ?? "") != row.Key)
        {
            await QueueRememberedAsync(row, cancel).ConfigureAwait(false);
            return Outcome.Done;
        }
        if (!job.Forced && context.Links.Find(row.LinkId) is { Options.AutoExport: false })
            return Outcome.Parked;
        if (await context.Paths.GetPrefixAsync(directory.Id, cancel).ConfigureAwait(false) is not { } place)
            return Outcome.Again;
        if (place.Fault is { } fault)
        {
            string path = await context.Paths.GetDirectoryPathAsync(directory.Id, cancel).ConfigureAwait(false) ?? "?";
            throw EntryExport.NotExportable(path, fault);
        }
        bool back = place.Link?.Id == row.LinkId && place.Key == row.Key;
        if (place.Link is null && row.LinkId == 0)
            return Outcome.Done;

        if (!back && directory.Listing == ListingState.Unlisted && directory.LinkId != 0)
        {
            await context.Names.ListAsync(directory.Id, cancel).ConfigureAwait(false);
            return Outcome.Again;
        }
        // The marker, which holds mode and owner, goes with this step.
        if (await context.Store.GetInodeAsync(directory.Id, cancel).ConfigureAwait(false) is { } inode && inode.Flags.HasFlag(InodeFlags.AttributesPending))
            await context.Names.ImportAttributesAsync(inode.Id, directory.Parent, 0, cancel).ConfigureAwait(false);

        await QueueChildrenAsync(directory, row, back, cancel).ConfigureAwait(false);
        Batch last = context.NewBatch();
        if (!back)
            last.Update(directory, directory with { LinkId = place.Link?.Id ?? 0, Prefix = place.Link is null ? null : place.Key });
        else
            last.Require(new Guard.DirectoryVersion(directory.Id, directory.Version));
        if (place.Link is not null)
            last.Add(new RowWrite.QueueExport(EntryId.Inode(directory.Id).ToRow(row.QueuedNs)));
        QueueMarker(last, row);
        last.Add(new RowWrite.DeleteExport(row.Id, row.Version));
        return (await context.Store.CommitAsync(last, cancel).ConfigureAwait(false)).Committed ? Outcome.Done : Outcome.Again;
    }

    private async ValueTask QueueChildrenAsync(DirectoryRow directory, ExportRow row, bool back, CancellationToken cancel)
    {
        List<DentryRow> page = [];
        long cookie = 0;
        while (await context.Store.ReadDirectoryAsync(directory.Id, cookie, ChildrenPerCommit, page, cancel).ConfigureAwait(false) > 0)
        {
            Batch batch = context.NewBatch();
            // All copies before all deletions, so that a deletion seldom has to wait for its copy.
            foreach (DentryRow child in page)
            {
                if (await context.Store.GetDirectoryAsync(child.Child, cancel).ConfigureAwait(false) is { } sub)
                    batch.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Move, sub.LinkId, sub.Id, sub.Prefix ?? "").ToRow(row.QueuedNs)));
                else if (!back || !await IsThereAsync(child, row, cancel).ConfigureAwait(false))
                    batch.Add(new RowWrite.QueueExport(EntryId.Inode(child.Child).ToRow(row.QueuedNs)));
            }
            foreach (DentryRow child in page)
            {
                if (row.LinkId != 0 && child.Type != FileType.ToDirentType(FileType.Directory) && KeyMap.ToKey(row.Key, child.Name, false, out string key) is null)
                    batch.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Key, row.LinkId, 0, key).ToRow(row.QueuedNs)));
            }
            await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false);
            cookie = page[^1].Cookie;
            page.Clear();
        }
    }

    // Whatever got to a place where the directory was for a moment only is looked at: nobody else may know of it any more.
    private async ValueTask QueueRememberedAsync(ExportRow row, CancellationToken cancel)
    {
        if (row is not { LinkId: not 0, Key.Length: > 0 })
            return;
        string after = "";
        while (await context.Store.GetObjectsAsync(row.LinkId, row.Key, after, ChildrenPerCommit, cancel).ConfigureAwait(false) is { Count: > 0 } page)
        {
            Batch batch = context.NewBatch();
            foreach (ObjectRow known in page)
                batch.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Key, row.LinkId, 0, known.Key).ToRow(row.QueuedNs)));
            await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false);
            after = page[^1].Key;
        }

        Batch doubtful = context.NewBatch();
        foreach ((int link, string key) in context.Attempts.DoubtfulKeys(row.LinkId, row.Key))
            doubtful.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Key, link, 0, key).ToRow(row.QueuedNs)));
        if (!doubtful.IsEmpty)
            await context.Store.CommitAsync(doubtful, cancel).ConfigureAwait(false);
    }

    // Of a directory that came back, the files that had not left yet need no look.
    private async ValueTask<bool> IsThereAsync(DentryRow child, ExportRow row, CancellationToken cancel) =>
        await context.Store.GetInodeAsync(child.Child, cancel).ConfigureAwait(false) is { ContentId: not 0 } inode
        && await context.Store.GetContentAsync(inode.ContentId, cancel).ConfigureAwait(false) is { } content
        && content.SourceLink == row.LinkId && KeyMap.ToKey(row.Key, child.Name, false, out string key) is null && content.SourceKey == key;

    private static void QueueMarker(Batch batch, ExportRow row)
    {
        if (row is { LinkId: not 0, Key.Length: > 0 })
            batch.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Key, row.LinkId, 0, row.Key).ToRow(row.QueuedNs)));
    }
}
