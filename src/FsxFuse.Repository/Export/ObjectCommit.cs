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
            }
            await ArchivedAsync(batch, inode, cancel).ConfigureAwait(false);
            if (done is not null)
                batch.Add(new RowWrite.DeleteExport(done.Id, done.Version));
            context.Attempts.AddSettle(batch, made.LinkId, made.Key);
            if ((await context.Store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
            {
                context.Attempts.Settle(made.LinkId, made.Key);
                return;
            }
        }
    }

    /// <summary>Adds to a batch that the repository holds the inode.</summary>
    public async ValueTask ArchivedAsync(Batch batch, long inodeId, CancellationToken cancel)
    {
        if (await context.Store.GetInodeAsync(inodeId, cancel).ConfigureAwait(false) is { } inode && !inode.Flags.HasFlag(InodeFlags.Archived))
            batch.Update(inode, inode with { Flags = inode.Flags | InodeFlags.Archived });
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
