using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Export;

/// <summary>
/// One level of a moved directory: each child is queued for its new key, its old key for removal, each sub-directory for its own move;
/// then the directory's prefix is the one its path says. Nothing is read or copied here, and it may stop anywhere: all is idempotent.
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
            return Outcome.Done;
        if (!job.Forced && context.Links.Find(row.LinkId) is { Options.AutoExport: false })
            return Outcome.Parked;
        if (await context.Paths.GetPrefixAsync(directory.Id, cancel).ConfigureAwait(false) is not { } place)
            return Outcome.Again;
        if (place.Fault is { } fault)
        {
            string path = await context.Paths.GetDirectoryPathAsync(directory.Id, cancel).ConfigureAwait(false) ?? "?";
            throw EntryExport.NotExportable(path, fault);
        }
        if (place.Link?.Id == row.LinkId && place.Key == row.Key || place.Link is null && row.LinkId == 0)
            return Outcome.Done;

        if (directory.Listing == ListingState.Unlisted && directory.LinkId != 0)
        {
            await context.Names.ListAsync(directory.Id, cancel).ConfigureAwait(false);
            return Outcome.Again;
        }
        // The marker, which holds mode and owner, goes with this step.
        if (await context.Store.GetInodeAsync(directory.Id, cancel).ConfigureAwait(false) is { } inode && inode.Flags.HasFlag(InodeFlags.AttributesPending))
            await context.Names.ImportAttributesAsync(inode.Id, directory.Parent, 0, cancel).ConfigureAwait(false);

        await QueueChildrenAsync(directory, row, cancel).ConfigureAwait(false);
        Batch last = context.NewBatch();
        last.Update(directory, directory with { LinkId = place.Link?.Id ?? 0, Prefix = place.Link is null ? null : place.Key });
        if (place.Link is not null)
            last.Add(new RowWrite.QueueExport(EntryId.Inode(directory.Id).ToRow(row.QueuedNs)));
        QueueMarker(last, row);
        last.Add(new RowWrite.DeleteExport(row.Id, row.Version));
        return (await context.Store.CommitAsync(last, cancel).ConfigureAwait(false)).Committed ? Outcome.Done : Outcome.Again;
    }

    private async ValueTask QueueChildrenAsync(DirectoryRow directory, ExportRow row, CancellationToken cancel)
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
                else
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

    private static void QueueMarker(Batch batch, ExportRow row)
    {
        if (row is { LinkId: not 0, Key.Length: > 0 })
            batch.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Key, row.LinkId, 0, row.Key).ToRow(row.QueuedNs)));
    }
}
