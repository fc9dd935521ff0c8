namespace FsxFuse.Metadata.Sqlite;

/// <summary>Reads of inodes, entries, directories and extended attributes. One per reading connection.</summary>
internal sealed class NamespaceQueries(Database database)
{
    private readonly Statement _inode = database.Prepare($"SELECT {NamespaceColumns.Inode} FROM inode i WHERE i.id = ?1");

    private readonly Statement _directory = database.Prepare($"SELECT {NamespaceColumns.Directory} FROM directory WHERE id = ?1");

    private readonly Statement _dentry = database.Prepare($"SELECT {NamespaceColumns.Dentry} FROM dentry d WHERE d.parent = ?1 AND d.name = ?2");

    private readonly Statement _lookup = database.Prepare(
        $"SELECT {NamespaceColumns.Dentry}, {NamespaceColumns.Inode} FROM dentry d JOIN inode i ON i.id = d.child WHERE d.parent = ?1 AND d.name = ?2");

    private readonly Statement _list = database.Prepare(
        $"SELECT {NamespaceColumns.Dentry} FROM dentry d INDEXED BY dentry_cookie WHERE d.parent = ?1 AND d.cookie > ?2 ORDER BY d.cookie LIMIT ?3");

    // CROSS JOIN keeps the order of the loops: the index gives the order of the result.
    private readonly Statement _listPlus = database.Prepare(
        $"""
        SELECT {NamespaceColumns.Dentry}, {NamespaceColumns.Inode} FROM dentry d INDEXED BY dentry_cookie CROSS JOIN inode i ON i.id = d.child
        WHERE d.parent = ?1 AND d.cookie > ?2 ORDER BY d.cookie LIMIT ?3
        """);

    private readonly Statement _names = database.Prepare(
        $"SELECT {NamespaceColumns.Dentry} FROM dentry d WHERE d.child = ?1 ORDER BY d.parent, d.name");

    private readonly Statement _xattrNames = database.Prepare("SELECT name FROM xattr WHERE inode = ?1 ORDER BY name");

    private readonly Statement _xattr = database.Prepare("SELECT inode, name, value FROM xattr WHERE inode = ?1 AND name = ?2");

    private readonly Statement _anyXattr = database.Prepare("SELECT 1 FROM xattr LIMIT 1");

    private readonly Statement _orphans = database.Prepare("SELECT inode FROM orphan WHERE inode > ?1 ORDER BY inode LIMIT ?2");

    private readonly Statement _unlisted = database.Prepare(
        $"SELECT {NamespaceColumns.Directory} FROM directory WHERE listing = 1 AND link_id = ?1 AND prefix = ?2 ORDER BY id");

    private readonly Statement _directories = database.Prepare(
        $"SELECT {NamespaceColumns.Directory} FROM directory NOT INDEXED WHERE id > ?2 AND link_id = ?1 ORDER BY id LIMIT ?3");

    public InodeRow? GetInode(long id) => Rows.Single(_inode.Bind(1, id), static row => NamespaceColumns.ReadInode(row));

    public DirectoryRow? GetDirectory(long id) => Rows.Single(_directory.Bind(1, id), NamespaceColumns.ReadDirectory);

    public DentryRow? GetDentry(long parent, FileName name) =>
        Rows.Single(_dentry.Bind(1, parent).BindBlob(2, name.Span), NamespaceColumns.ReadDentry);

    public NamedInode? Lookup(long parent, FileName name)
    {
        NamedInode? found = _lookup.Bind(1, parent).BindBlob(2, name.Span).Step() ? ReadNamed(_lookup) : null;
        _lookup.Reset();
        return found;
    }

    public int ReadDirectory(long parent, long afterCookie, int limit, List<DentryRow> into) =>
        Rows.Append(_list.Bind(1, parent).Bind(2, afterCookie).Bind(3, Rows.Limit(limit)), into, NamespaceColumns.ReadDentry);

    public int ReadDirectoryPlus(long parent, long afterCookie, int limit, List<NamedInode> into) =>
        Rows.Append(_listPlus.Bind(1, parent).Bind(2, afterCookie).Bind(3, Rows.Limit(limit)), into, ReadNamed);

    public List<DentryRow> GetNames(long inode) => Rows.All(_names.Bind(1, inode), NamespaceColumns.ReadDentry);

    public List<FileName> GetXattrNames(long inode) => Rows.All(_xattrNames.Bind(1, inode), static row => new FileName(row.Blob(0)));

    public XattrRow? GetXattr(long inode, FileName name) => Rows.Single(_xattr.Bind(1, inode).BindBlob(2, name.Span), ReadXattr);

    public bool HasXattrs() => _anyXattr.Exists();

    public List<long> GetOrphans(long afterId, int limit) =>
        Rows.All(_orphans.Bind(1, afterId).Bind(2, Rows.Limit(limit)), static row => row.Int64(0));

    /// <summary>A prefix is empty or ends in '/', so the few that can cover a key are looked up one by one.</summary>
    public List<DirectoryRow> GetUnlistedCovering(int linkId, string key)
    {
        List<DirectoryRow> found = [];
        database.Execute("BEGIN");
        try
        {
            for (int end = 0; end >= 0 && end <= key.Length;)
            {
                Rows.Append(_unlisted.Bind(1, linkId).Bind(2, key[..end]), found, NamespaceColumns.ReadDirectory);
                int slash = key.IndexOf('/', end);
                end = slash < 0 ? -1 : slash + 1;
            }
        }
        finally
        {
            database.EndRead();
        }

        return found;
    }

    public List<DirectoryRow> GetDirectories(int linkId, long afterId, int limit) =>
        Rows.All(_directories.Bind(1, linkId).Bind(2, afterId).Bind(3, Rows.Limit(limit)), NamespaceColumns.ReadDirectory);

    private static NamedInode ReadNamed(Statement row) =>
        new(NamespaceColumns.ReadDentry(row), NamespaceColumns.ReadInode(row, NamespaceColumns.DentryCount));

    private static XattrRow ReadXattr(Statement row) =>
        new() { Inode = row.Int64(0), Name = new FileName(row.Blob(1)), Value = row.Blob(2) };
}
