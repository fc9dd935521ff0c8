using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>The rows that objects become.</summary>
internal static class ImportedRows
{
    /// <summary>Longest target of a symbolic link in bytes (PATH_MAX without its NUL): a larger object is no link, so its type needs no HEAD.</summary>
    public const int MaxTarget = 4095;

    /// <summary>How many ids one new name takes: inode, content, cookie.</summary>
    public const int IdsPerName = 3;

    /// <summary>
    /// A file as a listing shows it. Its attributes are the link's defaults, and one HEAD is due, unless the link keeps no metadata.
    /// The name must not be taken and not wait for its deletion.
    /// </summary>
    public static void AddFile(Batch batch, Link link, long directory, FileName name, in ObjectEntry entry, long firstId)
    {
        long modified = entry.LastModified.ToUnixNanoseconds();
        AddFile(
            batch, link, directory, name,
            new ObjectRow { LinkId = link.Id, Key = entry.Key, ETag = entry.ETag, Size = entry.Size, ModifiedNs = modified },
            firstId,
            link.Options.PosixMetadata ? InodeFlags.AttributesPending : InodeFlags.None);
    }

    /// <summary>A file whose HEAD was made: its attributes are what its metadata says. <paramref name="target"/> makes it a symbolic link.</summary>
    public static void AddFile(Batch batch, Link link, long directory, FileName name, ObjectInfo info, PosixMetadata metadata, byte[]? target, long firstId)
    {
        ObjectRow row = ToRow(link, info);
        batch.Require(new Guard.KeyNotQueued(link.Id, info.Key));
        batch.Require(new Guard.DentryAbsent(directory, name));
        InodeRow inode = Describe(NewInode(link, firstId, row, InodeFlags.None), metadata, target) with { ContentId = target is null ? firstId + 1 : 0 };
        batch.Add(new RowWrite.PutInode(inode));
        batch.Add(new RowWrite.PutDentry(new DentryRow { Parent = directory, Name = name, Child = firstId, Type = FileType.ToDirentType(inode.Mode), Cookie = firstId + 2 }));
        if (target is null)
            batch.Add(new RowWrite.PutContent(NewContent(firstId + 1, firstId, row)));
        batch.Add(new RowWrite.PutObject(row));
    }

    /// <summary>
    /// A directory. <paramref name="prefix"/> is the key of its marker and the prefix of what is in it. Unlisted. One that is known to
    /// have no marker (<paramref name="hasMarker"/> is false) has the link's defaults, and no HEAD is due.
    /// </summary>
    public static DirectoryRow AddDirectory(Batch batch, Link link, long parent, FileName name, string prefix, long firstId, bool hasMarker = true)
    {
        // Nothing tells when a prefix came to be; the time of the link is at least the same at every look.
        long time = link.Row.CreatedNs;
        batch.Require(new Guard.KeyNotQueued(link.Id, prefix));
        batch.Require(new Guard.DentryAbsent(parent, name));
        batch.Add(new RowWrite.PutInode(new InodeRow
        {
            Id = firstId,
            Ino = firstId,
            Version = 1,
            Mode = link.DirectoryMode,
            Uid = link.Uid,
            Gid = link.Gid,
            NLink = 2,
            AtimeNs = time,
            MtimeNs = time,
            CtimeNs = time,
            BtimeNs = time,
            Flags = InodeFlags.Archived | (hasMarker && link.Options.PosixMetadata ? InodeFlags.AttributesPending : InodeFlags.None),
        }));
        DirectoryRow row = new() { Id = firstId, Parent = parent, Name = name, Version = 1, Listing = ListingState.Unlisted, LinkId = link.Id, Prefix = prefix };
        batch.Add(new RowWrite.PutDirectory(row));
        batch.Add(new RowWrite.PutDentry(new DentryRow { Parent = parent, Name = name, Child = firstId, Type = FileType.ToDirentType(FileType.Directory), Cookie = firstId + 2 }));
        return row;
    }

    /// <summary>Remembers a directory's marker.</summary>
    public static void AddMarker(Batch batch, Link link, in ObjectEntry entry) => batch.Add(new RowWrite.PutObject(new ObjectRow
    {
        LinkId = link.Id,
        Key = entry.Key,
        ETag = entry.ETag,
        Size = entry.Size,
        ModifiedNs = entry.LastModified.ToUnixNanoseconds(),
    }));

    /// <summary>What is remembered of an object after a HEAD.</summary>
    public static ObjectRow ToRow(Link link, ObjectInfo info) => new()
    {
        LinkId = link.Id,
        Key = info.Key,
        ETag = info.ETag,
        VersionId = info.VersionId,
        Size = info.Size,
        ModifiedNs = info.LastModified.ToUnixNanoseconds(),
    };

    /// <summary>A released content whose bytes are an object's.</summary>
    public static ContentRow NewContent(long id, long inode, ObjectRow source) => new()
    {
        Id = id,
        Inode = inode,
        Version = 1,
        SourceLink = source.LinkId,
        SourceKey = source.Key,
        SourceETag = source.ETag,
        SourceVersionId = source.VersionId,
        SourceLength = source.Size,
    };

    /// <summary>A file's inode with what its object says; what it does not say stays as it is. <paramref name="target"/> makes it a symbolic link.</summary>
    public static InodeRow Describe(InodeRow inode, PosixMetadata metadata, byte[]? target)
    {
        InodeRow described = inode with
        {
            Mode = inode.Type | (metadata.Permissions ?? (inode.Mode & 0xFFF)),
            Uid = metadata.Uid ?? inode.Uid,
            Gid = metadata.Gid ?? inode.Gid,
            MtimeNs = metadata.MtimeNs ?? inode.MtimeNs,
            AtimeNs = metadata.AtimeNs ?? inode.AtimeNs,
        };
        return target is null ? described : described with { Mode = FileType.Symlink | 0x1FF, Target = target, Size = target.Length };
    }

    /// <summary>A file with the link's defaults.</summary>
    public static InodeRow NewInode(Link link, long id, ObjectRow source, InodeFlags flags) => new()
    {
        Id = id,
        Ino = id,
        Version = 1,
        Mode = link.FileMode,
        Uid = link.Uid,
        Gid = link.Gid,
        NLink = 1,
        Size = source.Size,
        AtimeNs = source.ModifiedNs,
        MtimeNs = source.ModifiedNs,
        CtimeNs = source.ModifiedNs,
        BtimeNs = source.ModifiedNs,
        Flags = flags | InodeFlags.Archived,
    };

    private static void AddFile(Batch batch, Link link, long directory, FileName name, ObjectRow source, long firstId, InodeFlags flags)
    {
        batch.Require(new Guard.KeyNotQueued(link.Id, source.Key));
        batch.Require(new Guard.DentryAbsent(directory, name));
        batch.Add(new RowWrite.PutInode(NewInode(link, firstId, source, flags) with { ContentId = firstId + 1 }));
        batch.Add(new RowWrite.PutDentry(new DentryRow
        {
            Parent = directory,
            Name = name,
            Child = firstId,
            Type = flags.HasFlag(InodeFlags.AttributesPending) && source.Size <= MaxTarget ? (byte)0 : FileType.ToDirentType(FileType.Regular),
            Cookie = firstId + 2,
        }));
        batch.Add(new RowWrite.PutContent(NewContent(firstId + 1, firstId, source)));
        batch.Add(new RowWrite.PutObject(source));
    }
}
