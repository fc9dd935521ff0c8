namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// The first schema. Text is compared with SQLite's BINARY collation, which is UTF-8 byte order, the order of S3 listings.
/// Every index costs a page of the log in each create, so there is one only where a read of the port needs it.
/// </summary>
internal static class SchemaV1
{
    public const string Sql = """
        CREATE TABLE counter(
            id INTEGER PRIMARY KEY CHECK (id = 1),
            next_id INTEGER NOT NULL,
            tree_epoch INTEGER NOT NULL,
            inodes INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            totals_exact INTEGER NOT NULL) STRICT;

        CREATE TABLE inode(
            id INTEGER PRIMARY KEY, ino INTEGER NOT NULL, version INTEGER NOT NULL, mode INTEGER NOT NULL, uid INTEGER NOT NULL,
            gid INTEGER NOT NULL, nlink INTEGER NOT NULL, size INTEGER NOT NULL, rdev INTEGER NOT NULL, atime_ns INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, btime_ns INTEGER NOT NULL, content_id INTEGER NOT NULL,
            flags INTEGER NOT NULL, target BLOB) STRICT;

        CREATE TABLE directory(
            id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name BLOB NOT NULL, version INTEGER NOT NULL, listing INTEGER NOT NULL,
            link_id INTEGER NOT NULL, prefix TEXT, listed_at_ns INTEGER NOT NULL) STRICT;
        CREATE INDEX directory_unlisted ON directory(link_id, prefix) WHERE listing = 1;

        CREATE TABLE dentry(
            parent INTEGER NOT NULL, name BLOB NOT NULL, child INTEGER NOT NULL, type INTEGER NOT NULL, cookie INTEGER NOT NULL,
            PRIMARY KEY (parent, name)) STRICT, WITHOUT ROWID;
        -- Holds everything readdir gives, so that a listing never leaves this index.
        CREATE INDEX dentry_cookie ON dentry(parent, cookie, child, type);
        CREATE INDEX dentry_child ON dentry(child);

        CREATE TABLE xattr(
            inode INTEGER NOT NULL, name BLOB NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (inode, name)) STRICT, WITHOUT ROWID;

        CREATE TABLE orphan(inode INTEGER PRIMARY KEY) STRICT;

        CREATE TABLE content(
            id INTEGER PRIMARY KEY, inode INTEGER NOT NULL, version INTEGER NOT NULL, flags INTEGER NOT NULL, source_link INTEGER NOT NULL,
            source_key TEXT, source_etag TEXT, source_version_id TEXT, source_length INTEGER NOT NULL, dirty_version INTEGER NOT NULL,
            unsynced_boot TEXT) STRICT;
        CREATE INDEX content_source ON content(source_link, source_key) WHERE source_link <> 0;
        -- The few that are in the cache among the many that are not: recovery and eviction read only these.
        CREATE INDEX content_state ON content(flags, id) WHERE flags <> 0;

        CREATE TABLE block_map(
            content INTEGER NOT NULL, chunk INTEGER NOT NULL, map BLOB NOT NULL,
            PRIMARY KEY (content, chunk)) STRICT, WITHOUT ROWID;

        CREATE TABLE object(
            link_id INTEGER NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL, version_id TEXT, size INTEGER NOT NULL, modified_ns INTEGER NOT NULL,
            PRIMARY KEY (link_id, key)) STRICT, WITHOUT ROWID;

        CREATE TABLE export(
            id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, link_id INTEGER NOT NULL, subject INTEGER NOT NULL, key TEXT NOT NULL,
            version INTEGER NOT NULL, queued_ns INTEGER NOT NULL, not_before_ns INTEGER NOT NULL, attempts INTEGER NOT NULL,
            last_error TEXT) STRICT;
        CREATE UNIQUE INDEX export_about ON export(kind, link_id, subject, key);
        CREATE INDEX export_due ON export(not_before_ns);

        CREATE TABLE link(
            id INTEGER PRIMARY KEY, association_id TEXT NOT NULL, directory INTEGER NOT NULL, path TEXT NOT NULL, url TEXT NOT NULL,
            options TEXT NOT NULL, lifecycle TEXT NOT NULL, failure_message TEXT, created_ns INTEGER NOT NULL) STRICT;

        CREATE TABLE task(
            id TEXT NOT NULL PRIMARY KEY, type TEXT NOT NULL, lifecycle TEXT NOT NULL, request TEXT NOT NULL, progress TEXT NOT NULL,
            created_ns INTEGER NOT NULL, ended_ns INTEGER NOT NULL) STRICT;

        CREATE TABLE task_failure(
            task_id TEXT NOT NULL, number INTEGER NOT NULL, path TEXT NOT NULL, status TEXT NOT NULL, error_code TEXT NOT NULL,
            message TEXT, PRIMARY KEY (task_id, number)) STRICT, WITHOUT ROWID;

        CREATE TABLE event(
            id INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, code TEXT NOT NULL, link_id INTEGER NOT NULL, subject TEXT NOT NULL,
            message TEXT NOT NULL) STRICT;

        CREATE TABLE setting(key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        """;
}
