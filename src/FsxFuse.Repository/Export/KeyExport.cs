using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>A key that lost its name: the object goes, unless the namespace has something there again or others changed it.</summary>
internal sealed class KeyExport(ExportContext context, ObjectWriter writer, SourceProtection protection, PartsUpload parts, ConflictResolution conflicts)
{
    public async ValueTask<Outcome> RunAsync(ExportJob job, CancellationToken cancel)
    {
        ExportRow row = job.Row;
        if (context.Links.Find(row.LinkId) is not { } link)
            return Outcome.Done;
        using KeyLocks.Lease lease = await context.Locks.AcquireAsync((link.Id, row.Key), null, cancel).ConfigureAwait(false);
        // A key that is not (or no longer) inside the link, such as its own directory's, is nobody's to delete.
        if (row.Key.Length <= link.Prefix.Length || !row.Key.StartsWith(link.Prefix, StringComparison.Ordinal)
            || await context.Paths.ResolveKeyAsync(link, row.Key, cancel).ConfigureAwait(false) is { } owner && ExportPlace.IsExportable(owner.Inode))
            return Outcome.Done;
        if (!job.Forced && !link.Options.ExportPolicy.HasFlag(RepositoryEvents.Deleted))
            return Outcome.Parked;
        if (await protection.FreeAsync(link, row.Key, 0, job.Break, cancel).ConfigureAwait(false) is { } blocker)
            return Outcome.BlockedOn(blocker);
        await parts.SweepAsync(context.Attempts.UnfinishedUploads(link.Id, row.Key), cancel).ConfigureAwait(false);

        (ObjectInfo Changed, bool Spared)? theirs = await writer.DeleteAsync(link, row.Key, link.Options.Conflict == ConflictPolicy.FileSystemWins, cancel).ConfigureAwait(false);
        Batch batch = context.NewBatch()
            .Add(new RowWrite.DeleteObject(link.Id, row.Key))
            .Add(new RowWrite.DeleteExport(row.Id, row.Version));
        context.Attempts.AddSettle(batch, link.Id, row.Key);
        if (theirs is { Spared: true } left)
            await conflicts.KeepRemoteAsync(batch, link, left.Changed, cancel).ConfigureAwait(false);
        else if (theirs is { } taken)
            conflicts.TookRemote(batch, link, taken.Changed);
        if (!(await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
            return Outcome.Again;
        context.Attempts.Settle(link.Id, row.Key);
        return Outcome.Done;
    }
}
