using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Looks at one name again and follows its object: new, changed, gone. All that is local wins: whatever changed here or waits for its
/// export is left to the export. The rows are read before the HEAD and guarded after it, so nothing that happens meanwhile is overridden.
/// </summary>
internal sealed class NameRefresh(ImportContext context, NameImport names)
{
    // Each failed guard is a change by somebody else; a name that never rests is left alone.
    private const int MaxTries = 8;

    private readonly IMetadataStore _store = context.Store;

    /// <summary>Looks at one name of a directory under a link.</summary>
    /// <param name="row">The directory.</param>
    /// <param name="name">The name.</param>
    /// <param name="events">Which changes to follow; the others are <see cref="RefreshOutcome.Skipped"/>.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ObjectStoreException">The repository could not be asked.</exception>
    public async Task<RefreshOutcome> RunAsync(DirectoryRow row, FileName name, RepositoryEvents events, CancellationToken cancel)
    {
        Link link = context.GetLink(row.LinkId);
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await _store.LookupAsync(row.Id, name, cancel).ConfigureAwait(false) is not { } named)
            {
                if (!events.HasFlag(RepositoryEvents.New))
                    return RefreshOutcome.Skipped;
                if (await names.ImportAsync(row, name, cancel).ConfigureAwait(false))
                    return RefreshOutcome.New;
                if (await _store.GetDentryAsync(row.Id, name, cancel).ConfigureAwait(false) is null)
                    return RefreshOutcome.Absent;
                continue;
            }
            RefreshOutcome? outcome = named.Inode.IsDirectory
                ? await RefreshDirectoryAsync(link, named, events, cancel).ConfigureAwait(false)
                : await RefreshFileAsync(link, row, named, events, cancel).ConfigureAwait(false);
            if (outcome is { } known)
                return known;
        }
        return RefreshOutcome.Skipped;
    }

    private async Task<RefreshOutcome?> RefreshFileAsync(Link link, DirectoryRow row, NamedInode named, RepositoryEvents events, CancellationToken cancel)
    {
        InodeRow inode = named.Inode;
        if (inode.Type is not (FileType.Regular or FileType.Symlink)
            || KeyMap.ToKey(row.Prefix ?? "", named.Dentry.Name, isDirectory: false, out string key) is not null)
        {
            return RefreshOutcome.Skipped;
        }
        ContentRow? content = inode.ContentId == 0 ? null : await _store.GetContentAsync(inode.ContentId, cancel).ConfigureAwait(false);
        ObjectRow? known = await _store.GetObjectAsync(link.Id, key, cancel).ConfigureAwait(false);
        if (!await IsOurImageAsync(link, inode, content, known, key, cancel).ConfigureAwait(false))
            return RefreshOutcome.Skipped;

        ObjectInfo? info = await context.HeadAsync(link, key, cancel).ConfigureAwait(false);
        Batch batch = context.NewBatch();
        RefreshOutcome outcome;
        if (info is null)
        {
            if (!events.HasFlag(RepositoryEvents.Deleted))
                return RefreshOutcome.Skipped;
            Succession.Remove(batch, named.Dentry, inode, content, link.Id, key, context.NowNs);
            outcome = RefreshOutcome.Deleted;
        }
        else
        {
            PosixMetadata metadata = link.Options.PosixMetadata ? PosixMetadata.Read(info.Metadata) : PosixMetadata.None;
            bool sameBytes = (known?.ETag ?? content?.SourceETag) == info.ETag
                && (content is not null ? content.SourceETag == info.ETag : inode.IsRegular || inode.Target is { Length: > 0 })
                && metadata.IsSymlink == (inode.Type == FileType.Symlink);
            // Times alone start no export (it goes with the next one): those set here since the object was written are not in it yet.
            if (sameBytes && !inode.Flags.HasFlag(InodeFlags.AttributesPending) && inode.CtimeNs > info.LastModified.ToUnixNanoseconds())
                metadata = metadata with { MtimeNs = null, AtimeNs = null };
            if (sameBytes && !Differs(inode, metadata))
            {
                await RememberAsync(link, info, known, cancel).ConfigureAwait(false);
                return RefreshOutcome.Unchanged;
            }
            if (!events.HasFlag(RepositoryEvents.Changed))
                return RefreshOutcome.Skipped;
            if (sameBytes)
            {
                batch.Require(new Guard.KeyNotQueued(link.Id, key));
                long changed = inode.Flags.HasFlag(InodeFlags.AttributesPending) ? inode.CtimeNs : context.NowNs;
                batch.Update(inode, ImportedRows.Describe(inode with { Flags = inode.Flags & ~InodeFlags.AttributesPending, CtimeNs = changed }, metadata, inode.Target));
                batch.Add(new RowWrite.PutObject(ImportedRows.ToRow(link, info)));
            }
            else
            {
                byte[]? target = await SymlinkTargets.ReadAsync(context, link, info, metadata, cancel).ConfigureAwait(false);
                Succession.Replace(batch, named.Dentry, inode, content, link, info, metadata, target, _store.AllocateIds(ImportedRows.IdsPerName));
            }
            outcome = RefreshOutcome.Changed;
        }
        if (!(await _store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
            return null;
        ImportLog.Followed(context.Logger, key, outcome == RefreshOutcome.Deleted ? "deleted" : "changed");
        return outcome;
    }

    /// <summary>
    /// Takes the name away from a file whose object stays, because objects below the name have appeared: the directory has it. False when the
    /// file is not merely the image of its object.
    /// </summary>
    public async Task<bool> TryMakeWayAsync(Link link, DirectoryRow row, NamedInode named, CancellationToken cancel)
    {
        InodeRow inode = named.Inode;
        if (inode.Type is not (FileType.Regular or FileType.Symlink) || KeyMap.ToKey(row.Prefix ?? "", named.Dentry.Name, isDirectory: false, out string key) is not null)
            return false;
        ContentRow? content = inode.ContentId == 0 ? null : await _store.GetContentAsync(inode.ContentId, cancel).ConfigureAwait(false);
        ObjectRow? known = await _store.GetObjectAsync(link.Id, key, cancel).ConfigureAwait(false);
        if (!await IsOurImageAsync(link, inode, content, known, key, cancel).ConfigureAwait(false))
            return false;
        Batch batch = context.NewBatch();
        Succession.Remove(batch, named.Dentry, inode, content, link.Id, key, context.NowNs);
        return (await _store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed;
    }

    /// <summary>Whether the name is nothing but the image of its object, with no change of ours that an export has yet to bring there.</summary>
    private async ValueTask<bool> IsOurImageAsync(Link link, InodeRow inode, ContentRow? content, ObjectRow? known, string key, CancellationToken cancel)
    {
        if (content is not null && (content.Flags.HasFlag(ContentFlags.Dirty) || content.Flags.HasFlag(ContentFlags.Writing)
            || content.SourceLink != link.Id || content.SourceKey != key))
        {
            return false;
        }
        // Made here and never exported (a link without automatic export, an empty file): the object of that name is somebody else's.
        if (known is null && (content is null || !inode.Flags.HasFlag(InodeFlags.Archived)))
            return false;
        return await _store.GetExportAsync(ExportKind.Inode, 0, inode.Id, "", cancel).ConfigureAwait(false) is null
            && await _store.GetExportAsync(ExportKind.Key, link.Id, 0, key, cancel).ConfigureAwait(false) is null;
    }

    private async Task<RefreshOutcome?> RefreshDirectoryAsync(Link link, NamedInode named, RepositoryEvents events, CancellationToken cancel)
    {
        DirectoryRow? row = await _store.GetDirectoryAsync(named.Inode.Id, cancel).ConfigureAwait(false);
        if (row is null)
            return null;
        if (row.LinkId != link.Id || row.Prefix is not { Length: > 0 } prefix
            || await _store.GetExportAsync(ExportKind.Inode, 0, row.Id, "", cancel).ConfigureAwait(false) is not null
            || await context.Moves.HasAtAsync(link.Id, prefix, 0, cancel).ConfigureAwait(false))
        {
            return RefreshOutcome.Skipped;
        }
        Task<ObjectEntry?> below = ImportContext.FirstBelowAsync(link, prefix, cancel);
        ObjectInfo? info = await context.HeadAsync(link, prefix, cancel).ConfigureAwait(false);
        if (await below.ConfigureAwait(false) is null && info is null)
            return events.HasFlag(RepositoryEvents.Deleted) ? await RemoveDirectoryAsync(link, named, row, cancel).ConfigureAwait(false) : RefreshOutcome.Skipped;
        PosixMetadata metadata = info is null || !link.Options.PosixMetadata ? PosixMetadata.None : PosixMetadata.Read(info.Metadata);
        // A directory's time is the time of its last change here; only the metadata of one never looked at sets it.
        metadata = metadata with { MtimeNs = null, AtimeNs = null };
        ObjectRow? known = await _store.GetObjectAsync(link.Id, prefix, cancel).ConfigureAwait(false);
        if (info is null || named.Inode.Flags.HasFlag(InodeFlags.AttributesPending) || !Differs(named.Inode, metadata))
        {
            if (info is not null)
                await RememberAsync(link, info, known, cancel).ConfigureAwait(false);
            return RefreshOutcome.Unchanged;
        }
        if (!events.HasFlag(RepositoryEvents.Changed))
            return RefreshOutcome.Skipped;
        Batch batch = context.NewBatch();
        batch.Update(named.Inode, ImportedRows.Describe(named.Inode with { CtimeNs = context.NowNs }, metadata, null));
        batch.Add(new RowWrite.PutObject(ImportedRows.ToRow(link, info)));
        return (await _store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed ? RefreshOutcome.Changed : null;
    }

    /// <summary>
    /// Removes a directory that the repository has no trace of any more, if it is empty here too. Null: it changed meanwhile, look again.
    /// The caller has seen that there is no object at or below its prefix.
    /// </summary>
    public async Task<RefreshOutcome?> RemoveDirectoryAsync(Link link, NamedInode named, DirectoryRow row, CancellationToken cancel)
    {
        // Never exported and never imported: it is ours alone.
        if (!named.Inode.Flags.HasFlag(InodeFlags.Archived)
            || await _store.GetExportAsync(ExportKind.Inode, 0, row.Id, "", cancel).ConfigureAwait(false) is not null)
        {
            return RefreshOutcome.Skipped;
        }
        if (row.Listing == ListingState.Unlisted)
        {
            Batch listed = context.NewBatch();
            DirectoryRow complete = listed.Update(row, row with { Listing = ListingState.Complete, ListedAtNs = context.NowNs });
            if (!(await _store.CommitAsync(listed, cancel).ConfigureAwait(false)).Committed)
                return null;
            row = complete;
        }
        Batch batch = context.NewBatch();
        batch.Require(new Guard.DentryIs(named.Dentry.Parent, named.Dentry.Name, row.Id));
        batch.Require(new Guard.DirectoryVersion(row.Id, row.Version));
        batch.Require(new Guard.DirectoryEmpty(row.Id));
        batch.Add(new RowWrite.DeleteDentry(named.Dentry.Parent, named.Dentry.Name));
        batch.Add(new RowWrite.DeleteDirectory(row.Id));
        batch.Update(named.Inode, named.Inode with { NLink = 0, Flags = named.Inode.Flags & ~InodeFlags.AttributesPending });
        batch.Add(new RowWrite.PutOrphan(row.Id));
        batch.Add(new RowWrite.MergeInode(named.Dentry.Parent, context.NowNs, context.NowNs, -1));
        batch.Add(new RowWrite.DeleteObject(link.Id, row.Prefix ?? ""));
        CommitResult result = await _store.CommitAsync(batch, cancel).ConfigureAwait(false);
        if (result.Committed)
        {
            ImportLog.Followed(context.Logger, row.Prefix ?? "", "deleted");
            return RefreshOutcome.Deleted;
        }
        // Something is in it: files made here, or files whose deletion is not ours to follow. It stays.
        return result.FailedGuard is Guard.DirectoryEmpty ? RefreshOutcome.Skipped : null;
    }

    /// <summary>Whether the metadata says something else than the inode. What it does not say stays as it is.</summary>
    private static bool Differs(InodeRow inode, PosixMetadata metadata) =>
        inode.Flags.HasFlag(InodeFlags.AttributesPending)
        || (inode.Type != FileType.Symlink && metadata.Permissions is { } mode && mode != (inode.Mode & 0xFFF))
        || (metadata.Uid is { } uid && uid != inode.Uid)
        || (metadata.Gid is { } gid && gid != inode.Gid)
        || (metadata.MtimeNs is { } mtime && mtime != inode.MtimeNs);

    private async Task RememberAsync(Link link, ObjectInfo info, ObjectRow? known, CancellationToken cancel)
    {
        ObjectRow seen = ImportedRows.ToRow(link, info);
        // A listing tells the time more exactly than a HEAD; within a second it is the same write.
        if (known is not null && known.ETag == seen.ETag && Math.Abs(known.ModifiedNs - seen.ModifiedNs) < UnixTime.NanosecondsPerSecond)
            return;
        await _store.CommitAsync(context.NewBatch().Require(new Guard.KeyNotQueued(link.Id, info.Key)).Add(new RowWrite.PutObject(seen)), cancel).ConfigureAwait(false);
    }
}
