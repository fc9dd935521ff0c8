namespace FsxFuse.Metadata.Sqlite;

/// <summary>Column lists of the namespace's tables, each beside the code that reads it, so that the order is in one place.</summary>
internal static class NamespaceColumns
{
    public const string Inode =
        "i.id, i.ino, i.version, i.mode, i.uid, i.gid, i.nlink, i.size, i.rdev, i.atime_ns, i.mtime_ns, i.ctime_ns, i.btime_ns, i.content_id, i.flags, i.target";

    public const string Dentry = "d.parent, d.name, d.child, d.type, d.cookie";

    public const string Directory = "id, parent, name, version, listing, link_id, prefix, listed_at_ns";

    public const int DentryCount = 5;

    public static InodeRow ReadInode(Statement row, int from = 0) => new()
    {
        Id = row.Int64(from),
        Ino = row.Int64(from + 1),
        Version = row.Int64(from + 2),
        Mode = row.UInt32(from + 3),
        Uid = row.UInt32(from + 4),
        Gid = row.UInt32(from + 5),
        NLink = row.Int64(from + 6),
        Size = row.Int64(from + 7),
        Rdev = row.UInt32(from + 8),
        AtimeNs = row.Int64(from + 9),
        MtimeNs = row.Int64(from + 10),
        CtimeNs = row.Int64(from + 11),
        BtimeNs = row.Int64(from + 12),
        ContentId = row.Int64(from + 13),
        Flags = (InodeFlags)row.Int32(from + 14),
        Target = row.NullableBlob(from + 15),
    };

    public static DentryRow ReadDentry(Statement row) => new()
    {
        Parent = row.Int64(0),
        Name = new FileName(row.Blob(1)),
        Child = row.Int64(2),
        Type = (byte)row.Int64(3),
        Cookie = row.Int64(4),
    };

    public static DirectoryRow ReadDirectory(Statement row) => new()
    {
        Id = row.Int64(0),
        Parent = row.Int64(1),
        Name = new FileName(row.Blob(2)),
        Version = row.Int64(3),
        Listing = (ListingState)row.Int32(4),
        LinkId = row.Int32(5),
        Prefix = row.Text(6),
        ListedAtNs = row.Int64(7),
    };
}
