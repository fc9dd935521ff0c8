using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Export;

/// <summary>
/// Keeps a key that is the only source of somebody's bytes from being overwritten or deleted: whoever needs it gets its own object first,
/// or, if it has no key of its own or waits in a circle, its bytes are loaded and made independent of the key.
/// </summary>
internal sealed class SourceProtection(ExportContext context, ObjectCommit commit)
{
    // How often eviction may be faster than we.
    private const int MaxLoads = 5;

    /// <summary>
    /// Makes a key free to be written or deleted. The caller holds its lock.
    /// </summary>
    /// <param name="link">The key's link.</param>
    /// <param name="key">The key.</param>
    /// <param name="owner">The inode that will have the key; 0 for a deletion.</param>
    /// <param name="breaking">The entry not to wait for, because it waits for us.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>The entry that must be done first; null when the key is free.</returns>
    public async ValueTask<EntryId?> FreeAsync(Link link, string key, long owner, EntryId? breaking, CancellationToken cancel)
    {
        foreach (ContentRow content in await context.Store.GetContentsBySourceAsync(link.Id, key, cancel).ConfigureAwait(false))
        {
            // An empty source has no bytes to lose.
            if (content.Inode == owner || content.SourceLength == 0
                || await context.Store.GetInodeAsync(content.Inode, cancel).ConfigureAwait(false) is not { } inode || inode.ContentId != content.Id)
                continue;
            EntryId entry = EntryId.Inode(inode.Id);
            if (entry != breaking && !content.Flags.HasFlag(ContentFlags.Writing) && !inode.Flags.HasFlag(InodeFlags.NoArchive)
                && !inode.Flags.HasFlag(InodeFlags.Lost) && await HasOwnKeyAsync(inode, link, key, cancel).ConfigureAwait(false))
            {
                await EnsureQueuedAsync(entry, cancel).ConfigureAwait(false);
                return entry;
            }
            await DetachAsync(content.Id, cancel).ConfigureAwait(false);
        }

        foreach (DirectoryRow directory in await context.Store.GetUnlistedDirectoriesCoveringAsync(link.Id, key, cancel).ConfigureAwait(false))
        {
            KeyPlace? place = await context.Paths.GetPrefixAsync(directory.Id, cancel).ConfigureAwait(false);
            if (place is not { } now || now is { HasKey: true } && now.Link!.Id == directory.LinkId && now.Key == directory.Prefix)
                continue;
            return await FindMoveAsync(directory, cancel).ConfigureAwait(false);
        }
        return null;
    }

    /// <summary>
    /// The move that must be followed before anything is written to a directory's keys; null when its objects are where its path says.
    /// Were they written before, the next move of a directory above would not know of them: it looks where the rows say that objects are.
    /// </summary>
    public async ValueTask<EntryId?> FindUnfollowedMoveAsync(long directoryId, CancellationToken cancel)
    {
        if (await context.Store.GetDirectoryAsync(directoryId, cancel).ConfigureAwait(false) is not { } directory
            || await context.Paths.GetPrefixAsync(directoryId, cancel).ConfigureAwait(false) is not { HasKey: true } place
            || (place.Link!.Id, place.Key) == (directory.LinkId, directory.Prefix ?? ""))
            return null;
        return await FindMoveAsync(directory, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Loads all of a content and makes it independent of its source: dirty, so that it is never evicted before it is exported.
    /// </summary>
    /// <returns>False when the source no longer has the bytes: the inode is marked as lost.</returns>
    public async ValueTask<bool> DetachAsync(long contentId, CancellationToken cancel)
    {
        for (int attempt = 0; await context.Store.GetContentAsync(contentId, cancel).ConfigureAwait(false) is { SourceLink: not 0 } row; attempt++)
        {
            if (attempt == MaxLoads)
            {
                throw new ExportException(FsxErrorCode.ResourceBusy,
                    $"The bytes of '{row.SourceKey}' are needed under another name and could not be kept in the cache; is it full?", permanent: false);
            }
            try
            {
                using Content content = await context.Contents.OpenAsync(contentId, cancel).ConfigureAwait(false);
                await content.EnsureResidentAsync(0, content.Length, null, cancel).ConfigureAwait(false);
                await content.SyncAsync(true, cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ContentSourceException { Errno: Errno.ESTALE } or CacheException { Errno: Errno.ESTALE or Errno.ENOENT })
            {
                if (await context.Store.GetContentAsync(contentId, cancel).ConfigureAwait(false) is null)
                    return true;
                if (await AdoptAsync(row, cancel).ConfigureAwait(false))
                    continue;
                await LoseAsync(row, e.Message, cancel).ConfigureAwait(false);
                return false;
            }
            row = await context.Store.GetContentAsync(contentId, cancel).ConfigureAwait(false);
            if (row is null)
                return true;
            // Eviction may have been faster than we: only what is wholly here may let go of its source.
            bool nothingNeeded = row.SourceLength == 0 && !row.Flags.HasFlag(ContentFlags.Cached);
            if (!row.Flags.HasFlag(ContentFlags.Complete) && !nothingNeeded)
                continue;
            Batch batch = context.NewBatch();
            batch.Update(row, row with
            {
                Flags = row.Flags | ContentFlags.Dirty,
                SourceLink = 0,
                SourceKey = null,
                SourceETag = null,
                SourceVersionId = null,
                SourceLength = 0,
                DirtyVersion = row.DirtyVersion + 1,
            });
            batch.Add(new RowWrite.QueueExport(EntryId.Inode(row.Inode).ToRow(context.NowNs)));
            if ((await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
                return true;
        }
        return true;
    }

    /// <summary>
    /// Looks whether the source only seems to have changed, because we wrote new metadata on it and the answer was lost; if so, the content
    /// follows. True when it does.
    /// </summary>
    public async ValueTask<bool> AdoptAsync(ContentRow content, CancellationToken cancel)
    {
        if (content.SourceKey is not { } key || context.Links.Find(content.SourceLink) is not { } link
            || await link.Store.HeadAsync(key, null, cancel).ConfigureAwait(false) is not { } info || info.ETag == content.SourceETag
            || !UploadStamp.TryRead(info, out UploadStamp stamp) || !stamp.IsOf(context.FileSystemId, content.Inode, UploadStamp.VersionOf(content))
            || !context.Attempts.IsOurs(link.Id, info))
            return false;
        await commit.StoreAsync(content.Inode, ImportedRows.ToRow(link, info), content, null, cancel).ConfigureAwait(false);
        return true;
    }

    private async ValueTask LoseAsync(ContentRow content, string reason, CancellationToken cancel)
    {
        while (await context.Store.GetInodeAsync(content.Inode, cancel).ConfigureAwait(false) is { } inode && !inode.Flags.HasFlag(InodeFlags.Lost))
        {
            string path = await context.Paths.GetPathAsync(inode.Id, cancel).ConfigureAwait(false) ?? content.SourceKey ?? "?";
            Batch batch = context.NewBatch();
            batch.Update(inode, inode with { Flags = inode.Flags | InodeFlags.Lost });
            batch.Add(new RowWrite.AddEvent(new EventRow
            {
                TimeNs = context.NowNs,
                Code = ExportEventCode.SourceLost,
                LinkId = content.SourceLink,
                Subject = path,
                Message = $"The object '{content.SourceKey}' that holds the bytes of {path} was changed or deleted by others before they were loaded: {reason}",
            }));
            if ((await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
                return;
        }
    }

    private async ValueTask<bool> HasOwnKeyAsync(InodeRow inode, Link link, string key, CancellationToken cancel)
    {
        foreach (ExportPlace place in await ExportPlace.OfAsync(context, inode, cancel).ConfigureAwait(false))
        {
            if (place.Place.HasKey && (place.Link.Id != link.Id || place.Key != key))
                return true;
        }
        return false;
    }

    private async ValueTask EnsureQueuedAsync(EntryId entry, CancellationToken cancel)
    {
        if (await context.Store.GetExportAsync(entry.Kind, entry.LinkId, entry.Subject, entry.Key, cancel).ConfigureAwait(false) is null)
            await context.Store.CommitAsync(context.NewBatch().Add(new RowWrite.QueueExport(entry.ToRow(context.NowNs))), cancel).ConfigureAwait(false);
    }

    // The move of a directory reaches those below it level by level: the entry to wait for is that of the nearest moved one above.
    private async ValueTask<EntryId> FindMoveAsync(DirectoryRow directory, CancellationToken cancel)
    {
        for (DirectoryRow? at = directory; at is not null && at.Id != InodeRow.RootId;
            at = await context.Store.GetDirectoryAsync(at.Parent, cancel).ConfigureAwait(false))
        {
            EntryId entry = new(ExportKind.Move, at.LinkId, at.Id, at.Prefix ?? "");
            if (await context.Store.GetExportAsync(entry.Kind, entry.LinkId, entry.Subject, entry.Key, cancel).ConfigureAwait(false) is not null)
                return entry;
        }
        EntryId own = new(ExportKind.Move, directory.LinkId, directory.Id, directory.Prefix ?? "");
        await EnsureQueuedAsync(own, cancel).ConfigureAwait(false);
        return own;
    }
}
