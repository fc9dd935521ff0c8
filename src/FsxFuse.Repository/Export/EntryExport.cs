using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Export;

/// <summary>Works on one queue entry: what the bucket should hold is derived from the namespace as it is now, under the locks of the keys.</summary>
internal sealed class EntryExport(ExportContext context, SourceProtection protection, FileExport files, MarkerExport markers, KeyExport keys, MoveExport moves)
{
    public ValueTask<Outcome> RunAsync(ExportJob job, CancellationToken cancel) => job.Row.Kind switch
    {
        ExportKind.Inode => InodeAsync(job, cancel),
        ExportKind.Key => keys.RunAsync(job, cancel),
        _ => moves.RunAsync(job, cancel),
    };

    /// <summary>The failure of a path that cannot be a key.</summary>
    public static ExportException NotExportable(string path, KeyFault fault) => new(
        fault == KeyFault.KeyTooLong ? FsxErrorCode.PathSizeTooLong : FsxErrorCode.S3ObjectPathNotPosixCompliant,
        $"The key of {path} {KeyMap.Describe(fault)}. It stays in the file system only; rename it to have it exported.",
        permanent: true);

    private async ValueTask<Outcome> InodeAsync(ExportJob job, CancellationToken cancel)
    {
        InodeRow? inode = await context.Store.GetInodeAsync(job.Row.Subject, cancel).ConfigureAwait(false);
        if (inode is null || inode.Id == InodeRow.RootId || !ExportPlace.IsExportable(inode) || inode.Flags.HasFlag(InodeFlags.NoArchive))
            return Outcome.Done;
        Outcome worst = Outcome.Done;
        IReadOnlyList<ExportPlace> places = await ExportPlace.OfAsync(context, inode, cancel).ConfigureAwait(false);
        for (int i = 0; i < places.Count; i++)
        {
            ExportPlace place = places[i];
            if (place.Place.Link is null || inode.IsDirectory && place.Place.Link.Directory == inode.Id)
                continue;
            if (place.Place.Fault is { } fault)
            {
                worst = Outcome.Failed(NotExportable(place.Path, fault));
                continue;
            }
            bool last = i == places.Count - 1 && worst.Kind == OutcomeKind.Done;
            Outcome outcome = await NameAsync(job, inode.Id, place, last ? job.Row : null, cancel).ConfigureAwait(false);
            if (outcome.Kind is OutcomeKind.Again or OutcomeKind.Blocked or OutcomeKind.Writing or OutcomeKind.Failed)
                return outcome;
            if (outcome.Kind == OutcomeKind.Parked && worst.Kind == OutcomeKind.Done)
                worst = outcome;
        }
        return worst;
    }

    private async ValueTask<Outcome> NameAsync(ExportJob job, long id, ExportPlace place, ExportRow? done, CancellationToken cancel)
    {
        if (!job.Forced && !await MayAsync(place, cancel).ConfigureAwait(false))
            return Outcome.Parked;
        ContentRow? seen = await ContentOfAsync(id, cancel).ConfigureAwait(false);
        (int, string)? source = seen is { SourceLink: not 0, SourceKey: { } sourceKey } ? (seen.SourceLink, sourceKey) : null;
        using KeyLocks.Lease lease = await context.Locks.AcquireAsync((place.Link.Id, place.Key), source, cancel).ConfigureAwait(false);

        // What was read before the locks were held may be old.
        InodeRow? inode = await context.Store.GetInodeAsync(id, cancel).ConfigureAwait(false);
        DentryRow? name = await context.Store.GetDentryAsync(place.Name.Parent, place.Name.Name, cancel).ConfigureAwait(false);
        if (inode is null || name?.Child != id || await ExportPlace.OfAsync(context, name, inode.IsDirectory, cancel).ConfigureAwait(false) is not { } now
            || !now.Place.HasKey || now.Link.Id != place.Link.Id || now.Key != place.Key)
            return Outcome.Again;
        if (await protection.FindUnfollowedMoveAsync(inode.IsDirectory ? inode.Id : name.Parent, cancel).ConfigureAwait(false) is { } move)
            return Outcome.BlockedOn(move);
        if (inode.IsDirectory)
            return await markers.DirectoryAsync(job, inode, now, done, cancel).ConfigureAwait(false);
        if (inode.Type == FileType.Symlink)
            return await markers.SymlinkAsync(job, inode, now, done, cancel).ConfigureAwait(false);
        ContentRow? content = await ContentOfAsync(id, cancel).ConfigureAwait(false);
        if (content is { SourceLink: not 0 } && (content.SourceLink, content.SourceKey!) != source)
            return Outcome.Again;
        return await files.RunAsync(job, inode, content, now, done, cancel).ConfigureAwait(false);
    }

    private async ValueTask<bool> MayAsync(ExportPlace place, CancellationToken cancel)
    {
        RepositoryEvents policy = place.Link.Options.ExportPolicy;
        if (policy is RepositoryEvents.All or RepositoryEvents.None)
            return policy == RepositoryEvents.All;
        bool exists = await context.Store.GetObjectAsync(place.Link.Id, place.Key, cancel).ConfigureAwait(false) is not null;
        return policy.HasFlag(exists ? RepositoryEvents.Changed : RepositoryEvents.New);
    }

    private async ValueTask<ContentRow?> ContentOfAsync(long inode, CancellationToken cancel) =>
        await context.Store.GetInodeAsync(inode, cancel).ConfigureAwait(false) is { ContentId: not 0 } row
            ? await context.Store.GetContentAsync(row.ContentId, cancel).ConfigureAwait(false)
            : null;
}
