using FsxFuse.Metadata;

namespace FsxFuse.Repository.Export;

/// <summary>What a finished write leaves in the store.</summary>
internal sealed class ObjectCommit(ExportContext context)
{
    /// <summary>
    /// Commits what a key holds now; with <paramref name="repoint"/>, that the content's missing bytes come from it from now on, whatever
    /// else happened to the content meanwhile.
    /// </summary>
    /// <param name="inode">Whose key it is.</param>
    /// <param name="made">What was written.</param>
    /// <param name="repoint">The content's row as seen when the write was decided; null to leave contents alone.</param>
    /// <param name="done">The entry that is finished with this; null when more is to come.</param>
    /// <param name="cancel">Cancels.</param>
    public async ValueTask StoreAsync(long inode, ObjectRow made, ContentRow? repoint, ExportRow? done, CancellationToken cancel)
    {
        while (true)
        {
            Batch batch = context.NewBatch().Add(new RowWrite.PutObject(made));
            if (repoint is not null && await context.Store.GetContentAsync(repoint.Id, cancel).ConfigureAwait(false) is { } content
                && content.SourceLink == repoint.SourceLink && content.SourceKey == repoint.SourceKey && content.SourceETag == repoint.SourceETag)
            {
                batch.Update(content, content with
                {
                    // An empty content without a file has nothing that could be dirty once its object is there.
                    Flags = content.Flags.HasFlag(ContentFlags.Cached) ? content.Flags : content.Flags & ~ContentFlags.Dirty,
                    SourceLink = made.LinkId,
                    SourceKey = made.Key,
                    SourceETag = made.ETag,
                    SourceVersionId = made.VersionId,
                });
                QueueLeft(batch, content, made, done);
            }
            await ArchivedAsync(batch, inode, cancel).ConfigureAwait(false);
            if (done is not null)
                batch.Add(new RowWrite.DeleteExport(done.Id, done.Version));
            await AddRecheckAsync(batch, inode, made, cancel).ConfigureAwait(false);
            context.Attempts.AddSettle(batch, made.LinkId, made.Key);
            if ((await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
            {
                context.Attempts.Settle(made.LinkId, made.Key);
                return;
            }
        }
    }

    /// <summary>
    /// Adds to a batch that the key a content leaves is looked at: its path may have had the name for a moment only, between two moves
    /// of a directory above, so that nobody else knows of it.
    /// </summary>
    public void QueueLeft(Batch batch, ContentRow before, ObjectRow made, ExportRow? done)
    {
        if (before.SourceLink != 0 && before.SourceKey is { } key && (before.SourceLink, key) != (made.LinkId, made.Key))
            batch.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Key, before.SourceLink, 0, key).ToRow(done?.QueuedNs ?? context.NowNs)));
    }

    /// <summary>Adds to a batch that the repository holds the inode.</summary>
    public async ValueTask ArchivedAsync(Batch batch, long inodeId, CancellationToken cancel)
    {
        if (await context.Store.GetInodeAsync(inodeId, cancel).ConfigureAwait(false) is { } inode && !inode.Flags.HasFlag(InodeFlags.Archived))
            batch.Update(inode, inode with { Flags = inode.Flags | InodeFlags.Archived });
    }

    private async ValueTask AddRecheckAsync(Batch batch, long inode, ObjectRow made, CancellationToken cancel)
    {
        // In the same commit for what changed until now, so that a crash after it forgets nothing; RecheckAsync sees what changes after.
        if (context.Links.Find(made.LinkId) is { } link
            && (await context.Paths.ResolveKeyAsync(link, made.Key, cancel).ConfigureAwait(false))?.Inode.Id != inode)
            batch.Add(new RowWrite.QueueExport(new EntryId(ExportKind.Key, made.LinkId, 0, made.Key).ToRow(context.NowNs)));
    }

    /// <summary>
    /// Looks once more whether the inode still has the key: a directory above may have been moved while the write was under way. If
    /// not, the key is queued to be put right.
    /// </summary>
    public async ValueTask RecheckAsync(KeyState state, long inode, CancellationToken cancel)
    {
        if (await context.Paths.ResolveKeyAsync(state.Link, state.Key, cancel).ConfigureAwait(false) is { } found && found.Inode.Id == inode)
            return;
        EntryId entry = new(ExportKind.Key, state.Link.Id, 0, state.Key);
        await context.Store.CommitAsync(context.NewBatch().Add(new RowWrite.QueueExport(entry.ToRow(context.NowNs))), cancel).ConfigureAwait(false);
    }
}
