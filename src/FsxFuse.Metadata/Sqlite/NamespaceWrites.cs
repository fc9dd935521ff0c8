namespace FsxFuse.Metadata.Sqlite;

/// <summary>Writes of inodes, entries, directories and extended attributes. Belongs to the writer's connection and lock.</summary>
internal sealed class NamespaceWrites(Database database)
{
    private readonly Statement _inodeSize = database.Prepare("SELECT mode, size FROM inode WHERE id = ?1");

    private readonly Statement _putInode = database.Prepare(
        """
        INSERT OR REPLACE INTO inode(id, ino, version, mode, uid, gid, nlink, size, rdev, atime_ns, mtime_ns, ctime_ns, btime_ns, content_id, flags, target)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
        """);

    private readonly Statement _mergeInode = database.Prepare(
        """
        UPDATE inode SET mtime_ns = max(mtime_ns, ?2), ctime_ns = max(ctime_ns, ?3), nlink = nlink + ?4, version = version + 1
        WHERE id = ?1
        """);

    private readonly Statement _deleteInode = database.Prepare("DELETE FROM inode WHERE id = ?1");

    private readonly Statement _deleteXattrs = database.Prepare("DELETE FROM xattr WHERE inode = ?1");

    private readonly Statement _putDirectory = database.Prepare(
        """
        INSERT OR REPLACE INTO directory(id, parent, name, version, listing, link_id, prefix, listed_at_ns)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """);

    private readonly Statement _deleteDirectory = database.Prepare("DELETE FROM directory WHERE id = ?1");

    private readonly Statement _putDentry = database.Prepare(
        """
        INSERT INTO dentry(parent, name, child, type, cookie) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT(parent, name) DO UPDATE SET child = excluded.child, type = excluded.type, cookie = excluded.cookie
        """);

    private readonly Statement _deleteDentry = database.Prepare("DELETE FROM dentry WHERE parent = ?1 AND name = ?2");

    private readonly Statement _putXattr = database.Prepare("INSERT OR REPLACE INTO xattr(inode, name, value) VALUES (?1, ?2, ?3)");

    private readonly Statement _deleteXattr = database.Prepare("DELETE FROM xattr WHERE inode = ?1 AND name = ?2");

    private readonly Statement _putOrphan = database.Prepare("INSERT OR IGNORE INTO orphan(inode) VALUES (?1)");

    private readonly Statement _deleteOrphan = database.Prepare("DELETE FROM orphan WHERE inode = ?1");

    /// <summary>Returns what the sums change by.</summary>
    public Tallies PutInode(InodeRow row)
    {
        Tallies before = Counted(row.Id);
        _putInode.Bind(1, row.Id).Bind(2, row.Ino).Bind(3, row.Version).Bind(4, row.Mode).Bind(5, row.Uid).Bind(6, row.Gid)
            .Bind(7, row.NLink).Bind(8, row.Size).Bind(9, row.Rdev).Bind(10, row.AtimeNs).Bind(11, row.MtimeNs).Bind(12, row.CtimeNs)
            .Bind(13, row.BtimeNs).Bind(14, row.ContentId).Bind(15, (int)row.Flags).BindNullableBlob(16, row.Target).Run();
        return Tallies.OfInode(row.Mode, row.Size) - before;
    }

    public void MergeInode(RowWrite.MergeInode write) =>
        _mergeInode.Bind(1, write.Id).Bind(2, write.MtimeNs).Bind(3, write.CtimeNs).Bind(4, write.NLinkDelta).Run();

    public Tallies DeleteInode(long id)
    {
        Tallies before = Counted(id);
        _deleteInode.Bind(1, id).Run();
        _deleteXattrs.Bind(1, id).Run();
        _deleteOrphan.Bind(1, id).Run();
        return default(Tallies) - before;
    }

    public void PutDirectory(DirectoryRow row) =>
        _putDirectory.Bind(1, row.Id).Bind(2, row.Parent).BindBlob(3, row.Name.Span).Bind(4, row.Version).Bind(5, (int)row.Listing)
            .Bind(6, row.LinkId).Bind(7, row.Prefix).Bind(8, row.ListedAtNs).Run();

    public void DeleteDirectory(long id) => _deleteDirectory.Bind(1, id).Run();

    public void PutDentry(DentryRow row) =>
        _putDentry.Bind(1, row.Parent).BindBlob(2, row.Name.Span).Bind(3, row.Child).Bind(4, row.Type).Bind(5, row.Cookie).Run();

    public void DeleteDentry(long parent, FileName name) => _deleteDentry.Bind(1, parent).BindBlob(2, name.Span).Run();

    public void PutXattr(XattrRow row) => _putXattr.Bind(1, row.Inode).BindBlob(2, row.Name.Span).BindBlob(3, row.Value).Run();

    public void DeleteXattr(long inode, FileName name) => _deleteXattr.Bind(1, inode).BindBlob(2, name.Span).Run();

    public void PutOrphan(long inode) => _putOrphan.Bind(1, inode).Run();

    public void DeleteOrphan(long inode) => _deleteOrphan.Bind(1, inode).Run();

    private Tallies Counted(long id)
    {
        Tallies counted = _inodeSize.Bind(1, id).Step() ? Tallies.OfInode(_inodeSize.UInt32(0), _inodeSize.Int64(1)) : default;
        _inodeSize.Reset();
        return counted;
    }
}
