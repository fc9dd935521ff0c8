using FsxFuse.Metadata;

namespace FsxFuse.Repository.Tasks;

/// <summary>Removes all names below a directory that is under no link, and leaves nothing to export. Who has a file open keeps it until it is closed.</summary>
internal sealed class TreeRemoval(IMetadataStore store, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>Removes them.</summary>
    /// <param name="directory">The directory, which stays.</param>
    /// <param name="keepChanged">Whether files with bytes that are nowhere else stay, with the directories they are in.</param>
    /// <returns>How many files stayed.</returns>
    public async Task<long> RunAsync(long directory, bool keepChanged)
    {
        long kept = 0, cookie = 0;
        List<NamedInode> page = [];
        while (await store.ReadDirectoryPlusAsync(directory, cookie, PageSize, page).ConfigureAwait(false) > 0)
        {
            cookie = page[^1].Dentry.Cookie;
            NamedInode[] entries = [.. page];
            page.Clear();
            foreach (NamedInode entry in entries)
            {
                long below = entry.Inode.IsDirectory ? await RunAsync(entry.Inode.Id, keepChanged).ConfigureAwait(false)
                    : keepChanged && await IsChangedAsync(entry.Inode).ConfigureAwait(false) ? 1 : 0;
                kept += below;
                if (below == 0)
                    kept += await RemoveAsync(entry).ConfigureAwait(false) ? 0 : 1;
            }
        }
        return kept;
    }

    private async ValueTask<bool> IsChangedAsync(InodeRow inode) =>
        inode.ContentId != 0 && await store.GetContentAsync(inode.ContentId).ConfigureAwait(false) is { } content
        && (content.Flags & (ContentFlags.Dirty | ContentFlags.Writing)) != 0;

    private async Task<bool> RemoveAsync(NamedInode entry)
    {
        DentryRow name = entry.Dentry;
        while (await store.GetDentryAsync(name.Parent, name.Name).ConfigureAwait(false) is { } dentry && dentry.Child == entry.Inode.Id
            && await store.GetInodeAsync(dentry.Child).ConfigureAwait(false) is { } inode)
        {
            long now = time.Nanoseconds();
            Batch batch = new(this);
            batch.Require(new Guard.DentryIs(name.Parent, name.Name, inode.Id));
            batch.Add(new RowWrite.DeleteDentry(name.Parent, name.Name));
            if (inode.IsDirectory)
            {
                batch.Require(new Guard.DirectoryEmpty(inode.Id));
                batch.Add(new RowWrite.DeleteDirectory(inode.Id));
            }
            InodeRow left = batch.Update(inode, inode with { NLink = inode.IsDirectory ? 0 : Math.Max(0, inode.NLink - 1), CtimeNs = now, Flags = inode.Flags & ~InodeFlags.AttributesPending });
            if (left.NLink == 0)
                batch.Add(new RowWrite.PutOrphan(inode.Id));
            batch.Add(new RowWrite.MergeInode(name.Parent, now, now, inode.IsDirectory ? -1 : 0));
            CommitResult result = await store.CommitAsync(batch).ConfigureAwait(false);
            if (result.Committed)
                return true;
            // Somebody put something into it meanwhile.
            if (result.FailedGuard is Guard.DirectoryEmpty)
                return false;
        }
        return true;
    }
}
