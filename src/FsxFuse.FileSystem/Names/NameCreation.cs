using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>create, mkdir, mknod, symlink and O_TMPFILE: one commit each.</summary>
internal sealed class NameCreation(Volume volume, ExportNotes exports, AccessControlLists acls)
{
    /// <summary>What was made.</summary>
    /// <param name="Inode">The row as committed.</param>
    /// <param name="Content">Its content, if it is opened for writing.</param>
    public readonly record struct Made(InodeRow Inode, ContentRow? Content);

    /// <summary>Makes an inode and its name. EEXIST, ENOENT (the directory was removed), ENAMETOOLONG.</summary>
    public async ValueTask<Outcome<Made>> CreateAsync(Node parent, FileName name, NewInode wanted)
    {
        if (name.Length > FileName.MaxLength)
        {
            return Errno.ENAMETOOLONG;
        }

        while (true)
        {
            if (await volume.GetDirectoryAsync(parent).ConfigureAwait(false) is not { } directory)
            {
                return Errno.ENOENT;
            }

            (CommitResult result, Made made) = await TryCreateAsync(parent, directory, name, wanted).ConfigureAwait(false);
            if (result.Committed)
            {
                volume.NamesChanged(parent);
                return made;
            }

            if (result.FailedGuard is Guard.DentryAbsent)
            {
                return Errno.EEXIST;
            }

            parent.ForgetDirectory();
        }
    }

    /// <summary>Makes a file without a name (O_TMPFILE): an orphan until linkat gives it one.</summary>
    public async ValueTask<Outcome<Made>> CreateUnnamedAsync(Node parent, NewInode wanted)
    {
        Batch batch = volume.NewBatch().Require(new Guard.DirectoryLive(parent.Id));
        Made made = await AddInodeAsync(batch, parent, wanted, links: 0).ConfigureAwait(false);
        batch.Add(new RowWrite.PutOrphan(made.Inode.Id));
        CommitResult result = await volume.Store.CommitAsync(batch).ConfigureAwait(false);
        return result.Committed ? made : Errno.ENOENT;
    }

    private async ValueTask<(CommitResult Result, Made Made)> TryCreateAsync(Node parent, DirectoryRow directory, FileName name, NewInode wanted)
    {
        // The directory's version stands for what is noted for the repository: whether it is linked, and under which prefix.
        Batch batch = volume.NewBatch()
            .Require(new Guard.DentryAbsent(parent.Id, name))
            .Require(new Guard.DirectoryVersion(parent.Id, directory.Version));
        Made made = await AddInodeAsync(batch, parent, wanted, links: 1).ConfigureAwait(false);
        InodeRow inode = made.Inode;
        batch.Add(new RowWrite.PutDentry(new DentryRow
        {
            Parent = parent.Id,
            Name = name,
            Child = inode.Id,
            Type = FileType.ToDirentType(inode.Mode),
            Cookie = volume.Store.AllocateIds(),
        }));
        batch.Add(new RowWrite.MergeInode(parent.Id, inode.CtimeNs, inode.CtimeNs, inode.IsDirectory ? 1 : 0));
        if (inode.IsDirectory)
        {
            string? prefix = directory.LinkId != 0 && name.TryGetText(out string? text)
                && await exports.DerivePrefixAsync(directory).ConfigureAwait(false) is { } above
                    ? $"{above}{text}/"
                    : null;
            batch.Add(new RowWrite.PutDirectory(new DirectoryRow
            {
                Id = inode.Id,
                Parent = parent.Id,
                Name = name,
                LinkId = prefix is null ? 0 : directory.LinkId,
                Prefix = prefix,
            }));
        }

        exports.Created(batch, directory, inode.Id);
        return (await volume.Store.CommitAsync(batch).ConfigureAwait(false), made);
    }

    private async ValueTask<Made> AddInodeAsync(Batch batch, Node parent, NewInode wanted, int links)
    {
        // What makes a row stale here are merges of times and link counts: its mode and group are right.
        InodeRow above = parent.Row;
        bool directory = (wanted.Mode & FileType.Mask) == FileType.Directory;
        long id = volume.Store.AllocateIds();
        long now = volume.NowNs;
        Inheritance inherited = await acls.InheritAsync(parent, wanted.Mode, wanted.Umask).ConfigureAwait(false);
        bool setGid = (above.Mode & ModeBits.SetGid) != 0;
        InodeRow inode = new()
        {
            Id = id,
            Ino = id,
            Mode = inherited.Mode | (setGid && directory ? ModeBits.SetGid : 0),
            Uid = wanted.Uid,
            Gid = setGid ? above.Gid : wanted.Gid,
            NLink = directory ? 2 : links,
            Size = wanted.Target?.Length ?? 0,
            Rdev = wanted.Rdev,
            Target = wanted.Target,
            AtimeNs = now,
            MtimeNs = now,
            CtimeNs = now,
            BtimeNs = now,
        };
        ContentRow? content = null;
        if (wanted.OpenForWriting)
        {
            content = volume.Cache.NewContent(volume.Store.AllocateIds(), id);
            inode = inode with { ContentId = content.Id };
            batch.Add(new RowWrite.PutContent(content));
        }

        batch.Add(new RowWrite.PutInode(inode));
        foreach (XattrRow acl in inherited.Attributes)
        {
            batch.Add(new RowWrite.PutXattr(acl with { Inode = id }));
        }

        return new Made(inode, content);
    }
}
