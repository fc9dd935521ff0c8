using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>link(2): another name for an inode, and the first one for a file opened with O_TMPFILE.</summary>
internal sealed class Linking(Volume volume, ExportNotes exports)
{
    /// <summary>As many names as ext4 allows is too few for backup trees; st_nlink must stay positive in 32 bits.</summary>
    private const long MaxLinks = int.MaxValue;

    public async ValueTask<Outcome<InodeRow>> LinkAsync(Node node, Node parent, FileName name)
    {
        if (name.Length > FileName.MaxLength)
        {
            return Errno.ENAMETOOLONG;
        }

        if (node.Row.IsDirectory)
        {
            return Errno.EPERM;
        }

        await volume.RefreshAsync(node).ConfigureAwait(false);
        while (true)
        {
            if (await volume.GetDirectoryAsync(parent).ConfigureAwait(false) is not { } directory)
            {
                return Errno.ENOENT;
            }

            InodeRow row = node.Row;
            if (row.NLink >= MaxLinks)
            {
                return Errno.EMLINK;
            }

            long now = volume.NowNs;
            Batch batch = volume.NewBatch()
                .Require(new Guard.DirectoryVersion(parent.Id, directory.Version))
                .Require(new Guard.DentryAbsent(parent.Id, name));
            InodeRow stored = batch.Update(row, row with { NLink = row.NLink + 1, CtimeNs = Math.Max(now, row.CtimeNs) });
            batch.Add(new RowWrite.PutDentry(new DentryRow
            {
                Parent = parent.Id,
                Name = name,
                Child = row.Id,
                Type = FileType.ToDirentType(row.Mode),
                Cookie = volume.Store.AllocateIds(),
            }));
            batch.Add(new RowWrite.MergeInode(parent.Id, now, now, 0));
            if (row.NLink == 0)
            {
                // The kernel lets only an O_TMPFILE file without O_EXCL come here without a name.
                batch.Add(new RowWrite.DeleteOrphan(row.Id));
            }

            exports.Created(batch, directory, row.Id);
            CommitResult result = await volume.Store.CommitAsync(batch).ConfigureAwait(false);
            if (result.Committed)
            {
                node.Accept(stored);
                volume.NamesChanged(parent);
                return stored;
            }

            switch (result.FailedGuard)
            {
                case Guard.DentryAbsent:
                    return Errno.EEXIST;
                case Guard.DirectoryVersion:
                    parent.ForgetDirectory();
                    break;
                default:
                    if (await volume.Store.GetInodeAsync(node.Id).ConfigureAwait(false) is not { } fresh)
                    {
                        return Errno.ENOENT;
                    }

                    node.Accept(fresh);
                    break;
            }
        }
    }
}
