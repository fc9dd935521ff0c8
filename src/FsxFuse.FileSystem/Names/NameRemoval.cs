using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>unlink and rmdir: one commit each. An inode without a name becomes an orphan, whose bytes go when nothing holds it.</summary>
internal sealed class NameRemoval(Volume volume, ExportNotes exports, NameLookup names)
{
    /// <summary>Removes the name of anything but a directory.</summary>
    public async ValueTask<Errno> UnlinkAsync(Node parent, FileName name, CancellationToken cancel)
    {
        while (true)
        {
            Outcome<NamedInode> found = await names.FindAsync(parent, name, cancel).ConfigureAwait(false);
            if (!found.Ok)
            {
                return found.Error;
            }

            InodeRow child = found.Value.Inode;
            if (child.IsDirectory)
            {
                return Errno.EISDIR;
            }

            if (await volume.GetDirectoryAsync(parent).ConfigureAwait(false) is not { } directory)
            {
                return Errno.ENOENT;
            }

            long now = volume.NowNs;
            Batch batch = volume.NewBatch()
                .Require(new Guard.DentryIs(parent.Id, name, child.Id))
                .Require(new Guard.DirectoryVersion(parent.Id, directory.Version))
                .Add(new RowWrite.DeleteDentry(parent.Id, name))
                .Add(new RowWrite.MergeInode(parent.Id, now, now, 0));
            InodeRow stored = DropName(batch, child, now);
            await exports.RemovedAsync(batch, directory, name, directory: false).ConfigureAwait(false);
            if ((await volume.Store.CommitAsync(batch, CancellationToken.None).ConfigureAwait(false)).Committed)
            {
                volume.NamesChanged(parent);
                Took(stored);
                return Errno.None;
            }

            parent.ForgetDirectory();
        }
    }

    /// <summary>Removes an empty directory.</summary>
    public async ValueTask<Errno> RmDirAsync(Node parent, FileName name, CancellationToken cancel)
    {
        while (true)
        {
            Outcome<NamedInode> found = await names.FindAsync(parent, name, cancel).ConfigureAwait(false);
            if (!found.Ok)
            {
                return found.Error;
            }

            InodeRow child = found.Value.Inode;
            if (!child.IsDirectory)
            {
                return Errno.ENOTDIR;
            }

            if (await volume.GetDirectoryAsync(parent).ConfigureAwait(false) is not { } directory)
            {
                return Errno.ENOENT;
            }

            Node node = volume.Nodes.Adopt(child);
            await names.ListAsync(node, cancel).ConfigureAwait(false);
            long now = volume.NowNs;
            Batch batch = volume.NewBatch()
                .Require(new Guard.DentryIs(parent.Id, name, child.Id))
                .Require(new Guard.DirectoryVersion(parent.Id, directory.Version))
                .Require(new Guard.DirectoryEmpty(child.Id))
                .Add(new RowWrite.DeleteDentry(parent.Id, name))
                .Add(new RowWrite.MergeInode(parent.Id, now, now, -1));
            InodeRow stored = DropDirectory(batch, child, now);
            await exports.RemovedAsync(batch, directory, name, directory: true).ConfigureAwait(false);
            CommitResult result = await volume.Store.CommitAsync(batch, CancellationToken.None).ConfigureAwait(false);
            if (result.Committed)
            {
                volume.NamesChanged(parent);
                node.ForgetDirectory();
                Took(stored);
                return Errno.None;
            }

            parent.ForgetDirectory();
            node.ForgetDirectory();
            if (result.FailedGuard is Guard.DirectoryEmpty && await names.IsCompleteAsync(node).ConfigureAwait(false))
            {
                return Errno.ENOTEMPTY;
            }
        }
    }

    /// <summary>Adds to a batch that an inode (no directory) loses one name; returns the row it will have.</summary>
    internal InodeRow DropName(Batch batch, InodeRow inode, long nowNs)
    {
        // Size and times of a file being written are not in its row; what is committed here keeps the row's own, and the node its live ones.
        InodeRow stored = batch.Update(inode, inode with { NLink = inode.NLink - 1, CtimeNs = Math.Max(nowNs, inode.CtimeNs) });
        if (stored.NLink <= 0)
        {
            batch.Add(new RowWrite.PutOrphan(inode.Id));
        }
        else
        {
            exports.Inode(batch, inode.Id);
        }

        return stored;
    }

    /// <summary>Adds to a batch that an empty directory goes; returns the row its inode will have.</summary>
    internal static InodeRow DropDirectory(Batch batch, InodeRow inode, long nowNs)
    {
        batch.Add(new RowWrite.DeleteDirectory(inode.Id)).Add(new RowWrite.PutOrphan(inode.Id));
        return batch.Update(inode, inode with { NLink = 0, CtimeNs = Math.Max(nowNs, inode.CtimeNs) });
    }

    /// <summary>Tells the node of an inode that lost a name, if it is held.</summary>
    internal void Took(InodeRow stored)
    {
        if (volume.Nodes.TryGet(stored.Id, out Node? node))
        {
            node.Accept(stored);
        }
    }
}
