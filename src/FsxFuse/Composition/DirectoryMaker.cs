using FsxFuse.Metadata;

namespace FsxFuse.Composition;

/// <summary>Makes the directories on the way to a link that is to be, in the store itself: a daemon never uses its own mount.</summary>
internal sealed class DirectoryMaker(IMetadataStore store, uint uid, uint gid, TimeProvider time)
{
    /// <summary>The inode of a directory, made with its parents when missing (0755).</summary>
    /// <exception cref="CommandFailedException">Something on the way is no directory, or lies in a link already.</exception>
    public async Task<long> EnsureAsync(string path, CancellationToken cancel)
    {
        long directory = InodeRow.RootId;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name is "." or ".." || System.Text.Encoding.UTF8.GetByteCount(name) > FileName.MaxLength)
                throw new UsageException($"'{path}' is no path in a file system");
            directory = await EnsureAsync(directory, new FileName(name), path, cancel).ConfigureAwait(false);
        }
        return directory;
    }

    private async Task<long> EnsureAsync(long parent, FileName name, string path, CancellationToken cancel)
    {
        while (true)
        {
            if (await store.LookupAsync(parent, name, cancel).ConfigureAwait(false) is NamedInode found)
                return found.Inode.IsDirectory ? found.Inode.Id : throw new CommandFailedException($"{path}: {name} is not a directory");
            DirectoryRow? row = await store.GetDirectoryAsync(parent, cancel).ConfigureAwait(false);
            // What an unlisted directory holds is not known, and what lies in a link cannot be linked again: both are refused by the link itself.
            if (row is null || row.LinkId != 0)
                throw new CommandFailedException($"{path} lies inside a link; links cannot be nested");
            long id = store.AllocateIds(2);
            long now = (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
            Batch batch = new Batch(this)
                .Require(new Guard.DirectoryLive(parent))
                .Require(new Guard.DirectoryVersion(parent, row.Version))
                .Require(new Guard.DentryAbsent(parent, name))
                .Add(new RowWrite.PutInode(new InodeRow
                {
                    Id = id,
                    Ino = id,
                    Mode = FileType.Directory | 0b111_101_101,
                    Uid = uid,
                    Gid = gid,
                    NLink = 2,
                    AtimeNs = now,
                    MtimeNs = now,
                    CtimeNs = now,
                    BtimeNs = now,
                }))
                .Add(new RowWrite.PutDirectory(new DirectoryRow { Id = id, Parent = parent, Name = name, Listing = ListingState.Complete }))
                .Add(new RowWrite.PutDentry(new DentryRow { Parent = parent, Name = name, Child = id, Type = FileType.ToDirentType(FileType.Directory), Cookie = id + 1 }))
                .Add(new RowWrite.MergeInode(parent, now, now, 1));
            if ((await store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
                return id;
        }
    }
}
