using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>rename(2) and renameat2(2): one commit, whatever is below, whether it was ever listed or loaded.</summary>
internal sealed class Renaming(Volume volume, ExportNotes exports, NameLookup names, NameRemoval removal)
{
    private const RenameFlags Known = RenameFlags.NoReplace | RenameFlags.Exchange;

    /// <summary>Called before a name is replaced: makes the bytes that will be behind it survive power loss first (old or new, never empty).</summary>
    public Func<long, CancellationToken, ValueTask>? FlushContent { get; set; }

    public async ValueTask<Errno> RenameAsync(Node from, FileName oldName, Node to, FileName newName, RenameFlags flags, CancellationToken cancel)
    {
        if (newName.Length > FileName.MaxLength)
        {
            return Errno.ENAMETOOLONG;
        }

        if ((flags & ~Known) != 0 || flags == Known)
        {
            // RENAME_WHITEOUT makes a device 0:0 for overlayfs, which no bucket can hold.
            return Errno.EINVAL;
        }

        while (true)
        {
            long epoch = await volume.Store.GetTreeEpochAsync(CancellationToken.None).ConfigureAwait(false);
            Outcome<NamedInode> source = await names.FindAsync(from, oldName, cancel).ConfigureAwait(false);
            if (!source.Ok)
            {
                return source.Error;
            }

            Outcome<NamedInode> target = await names.FindAsync(to, newName, cancel).ConfigureAwait(false);
            if (!target.Ok && target.Error != Errno.ENOENT)
            {
                return target.Error;
            }

            Errno? done = flags == RenameFlags.Exchange
                ? await ExchangeAsync(new Move(from, to, source.Value, epoch), target).ConfigureAwait(false)
                : await MoveAsync(new Move(from, to, source.Value, epoch), newName, target, flags, cancel).ConfigureAwait(false);
            if (done is { } errno)
            {
                return errno;
            }
        }
    }

    private async ValueTask<Errno?> MoveAsync(Move move, FileName newName, Outcome<NamedInode> target, RenameFlags flags, CancellationToken cancel)
    {
        InodeRow moved = move.Source.Inode;
        InodeRow? replaced = target.Ok ? target.Value.Inode : null;
        if (replaced is not null)
        {
            if (flags == RenameFlags.NoReplace)
            {
                return Errno.EEXIST;
            }

            if (replaced.Id == moved.Id)
            {
                return Errno.None;
            }

            if (moved.IsDirectory != replaced.IsDirectory)
            {
                return moved.IsDirectory ? Errno.ENOTDIR : Errno.EISDIR;
            }
        }

        if (await volume.GetDirectoryAsync(move.From).ConfigureAwait(false) is not { } fromDirectory
            || await volume.GetDirectoryAsync(move.To).ConfigureAwait(false) is not { } toDirectory)
        {
            return Errno.ENOENT;
        }

        if (moved.IsDirectory && move.CrossesParents && await IsWithinAsync(toDirectory, moved.Id).ConfigureAwait(false))
        {
            return Errno.EINVAL;
        }

        long now = volume.NowNs;
        Batch batch = volume.NewBatch()
            .Require(new Guard.DentryIs(move.From.Id, move.Source.Dentry.Name, moved.Id));
        RequirePlaces(batch, fromDirectory, toDirectory);
        List<InodeRow> changed = [];
        int toLinks = 0;
        if (replaced is null)
        {
            batch.Require(new Guard.DentryAbsent(move.To.Id, newName));
        }
        else
        {
            batch.Require(new Guard.DentryIs(move.To.Id, newName, replaced.Id));
            if (replaced.IsDirectory)
            {
                await names.ListAsync(volume.Nodes.Adopt(replaced), cancel).ConfigureAwait(false);
                batch.Require(new Guard.DirectoryEmpty(replaced.Id));
                changed.Add(NameRemoval.DropDirectory(batch, replaced, now));
                toLinks--;

                // The moved directory takes over the key of its new path; while a move above is not followed, the replaced one's marker has another.
                await exports.RemovedAsync(batch, toDirectory, newName, directory: true).ConfigureAwait(false);
            }
            else
            {
                if (moved.IsRegular && FlushContent is { } flush)
                {
                    await flush(moved.Id, CancellationToken.None).ConfigureAwait(false);
                }

                changed.Add(removal.DropName(batch, replaced, now));
            }
        }

        // The entry keeps its cookie: a program that renames what it lists must not meet the same entries for ever.
        batch.Add(new RowWrite.DeleteDentry(move.From.Id, move.Source.Dentry.Name));
        batch.Add(new RowWrite.PutDentry(move.Source.Dentry with { Parent = move.To.Id, Name = newName }));
        changed.Add(batch.Update(moved, moved with { CtimeNs = Math.Max(now, moved.CtimeNs) }));
        await exports.RemovedAsync(batch, fromDirectory, move.Source.Dentry.Name, moved.IsDirectory).ConfigureAwait(false);
        if (moved.IsDirectory)
        {
            Errno error = await RehangAsync(batch, move, moved.Id, toDirectory, newName).ConfigureAwait(false);
            if (error != Errno.None)
            {
                return error;
            }
        }
        else
        {
            exports.Inode(batch, moved.Id);
            if (replaced is not null && moved.Type is not (FileType.Regular or FileType.Symlink))
            {
                // Special files have no object: the one of what was here must go.
                await exports.RemovedAsync(batch, toDirectory, newName, directory: false).ConfigureAwait(false);
            }
        }

        bool across = moved.IsDirectory && move.CrossesParents;
        batch.Add(new RowWrite.MergeInode(move.From.Id, now, now, across ? -1 : move.CrossesParents ? 0 : toLinks));
        if (move.CrossesParents)
        {
            batch.Add(new RowWrite.MergeInode(move.To.Id, now, now, toLinks + (across ? 1 : 0)));
        }

        CommitResult result = await volume.Store.CommitAsync(batch, CancellationToken.None).ConfigureAwait(false);
        if (!result.Committed)
        {
            return await AfterFailureAsync(result, move, replaced).ConfigureAwait(false);
        }

        Committed(move, changed);
        if (replaced is { IsDirectory: true } && volume.Nodes.TryGet(replaced.Id, out Node? gone))
        {
            gone.ForgetDirectory();
        }

        return Errno.None;
    }

    private async ValueTask<Errno?> ExchangeAsync(Move move, Outcome<NamedInode> target)
    {
        if (!target.Ok)
        {
            return target.Error;
        }

        NamedInode a = move.Source;
        NamedInode b = target.Value;
        if (a.Inode.Id == b.Inode.Id)
        {
            return Errno.None;
        }

        if (await volume.GetDirectoryAsync(move.From).ConfigureAwait(false) is not { } fromDirectory
            || await volume.GetDirectoryAsync(move.To).ConfigureAwait(false) is not { } toDirectory)
        {
            return Errno.ENOENT;
        }

        if (move.CrossesParents
            && ((a.Inode.IsDirectory && await IsWithinAsync(toDirectory, a.Inode.Id).ConfigureAwait(false))
                || (b.Inode.IsDirectory && await IsWithinAsync(fromDirectory, b.Inode.Id).ConfigureAwait(false))))
        {
            return Errno.EINVAL;
        }

        long now = volume.NowNs;
        Batch batch = volume.NewBatch()
            .Require(new Guard.DentryIs(move.From.Id, a.Dentry.Name, a.Inode.Id))
            .Require(new Guard.DentryIs(move.To.Id, b.Dentry.Name, b.Inode.Id))
            .Add(new RowWrite.PutDentry(a.Dentry with { Child = b.Inode.Id, Type = b.Dentry.Type }))
            .Add(new RowWrite.PutDentry(b.Dentry with { Child = a.Inode.Id, Type = a.Dentry.Type }));
        RequirePlaces(batch, fromDirectory, toDirectory);
        List<InodeRow> changed =
        [
            batch.Update(a.Inode, a.Inode with { CtimeNs = Math.Max(now, a.Inode.CtimeNs) }),
            batch.Update(b.Inode, b.Inode with { CtimeNs = Math.Max(now, b.Inode.CtimeNs) }),
        ];
        await exports.RemovedAsync(batch, fromDirectory, a.Dentry.Name, a.Inode.IsDirectory).ConfigureAwait(false);
        await exports.RemovedAsync(batch, toDirectory, b.Dentry.Name, b.Inode.IsDirectory).ConfigureAwait(false);
        foreach ((NamedInode moving, DirectoryRow place, FileName name) in new[] { (a, toDirectory, b.Dentry.Name), (b, fromDirectory, a.Dentry.Name) })
        {
            if (moving.Inode.IsDirectory)
            {
                Errno error = await RehangAsync(batch, move, moving.Inode.Id, place, name).ConfigureAwait(false);
                if (error != Errno.None)
                {
                    return error;
                }
            }
            else
            {
                exports.Inode(batch, moving.Inode.Id);
            }
        }

        int difference = move.CrossesParents ? (b.Inode.IsDirectory ? 1 : 0) - (a.Inode.IsDirectory ? 1 : 0) : 0;
        batch.Add(new RowWrite.MergeInode(move.From.Id, now, now, difference));
        if (move.CrossesParents)
        {
            batch.Add(new RowWrite.MergeInode(move.To.Id, now, now, -difference));
        }

        CommitResult result = await volume.Store.CommitAsync(batch, CancellationToken.None).ConfigureAwait(false);
        if (!result.Committed)
        {
            return await AfterFailureAsync(result, move, replaced: null).ConfigureAwait(false);
        }

        Committed(move, changed);
        return Errno.None;
    }

    /// <summary>
    /// Both directories as they were read: live, and with the prefixes that are noted for the repository.
    /// </summary>
    private static void RequirePlaces(Batch batch, DirectoryRow from, DirectoryRow to)
    {
        batch.Require(new Guard.DirectoryVersion(from.Id, from.Version));
        if (to.Id != from.Id)
        {
            batch.Require(new Guard.DirectoryVersion(to.Id, to.Version));
        }
    }

    /// <summary>Hangs a directory's row elsewhere. Between parents it is guarded by the tree's epoch, so that no loop can form.</summary>
    private async ValueTask<Errno> RehangAsync(Batch batch, Move move, long directory, DirectoryRow place, FileName name)
    {
        if (await volume.Store.GetDirectoryAsync(directory).ConfigureAwait(false) is not { } row)
        {
            return Errno.ENOENT;
        }

        batch.Update(row, row with { Parent = place.Id, Name = name });
        if (move.CrossesParents && !batch.Guards.Any(guard => guard is Guard.TreeEpoch))
        {
            batch.Require(new Guard.TreeEpoch(move.Epoch));
        }

        await exports.MovedAsync(batch, row, place).ConfigureAwait(false);
        if (volume.Nodes.TryGet(directory, out Node? node))
        {
            node.ForgetDirectory();
        }

        return Errno.None;
    }

    /// <summary>True when <paramref name="directory"/> is <paramref name="ancestor"/> or below it.</summary>
    private async ValueTask<bool> IsWithinAsync(DirectoryRow directory, long ancestor)
    {
        for (DirectoryRow? at = directory; at is not null; at = await volume.Store.GetDirectoryAsync(at.Parent).ConfigureAwait(false))
        {
            if (at.Id == ancestor)
            {
                return true;
            }

            if (at.Id == InodeRow.RootId)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>What a failed guard means: an errno, or null to look again.</summary>
    private async ValueTask<Errno?> AfterFailureAsync(CommitResult result, Move move, InodeRow? replaced)
    {
        move.From.ForgetDirectory();
        move.To.ForgetDirectory();
        switch (result.FailedGuard)
        {
            case Guard.DirectoryEmpty when replaced is not null:
                DirectoryRow? row = await volume.Store.GetDirectoryAsync(replaced.Id).ConfigureAwait(false);
                return row is { Listing: ListingState.Complete } ? Errno.ENOTEMPTY : null;
            default:
                return null;
        }
    }

    private void Committed(Move move, List<InodeRow> changed)
    {
        volume.NamesChanged(move.From);
        volume.NamesChanged(move.To);
        foreach (InodeRow row in changed)
        {
            removal.Took(row);
            if (row.IsDirectory && volume.Nodes.TryGet(row.Id, out Node? node))
            {
                node.ForgetDirectory();
            }
        }
    }

    /// <summary>What a rename starts from.</summary>
    private readonly record struct Move(Node From, Node To, NamedInode Source, long Epoch)
    {
        public bool CrossesParents => From.Id != To.Id;
    }
}
