using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>Opens the file, tells what is wrong with it, makes or migrates the schema.</summary>
internal sealed class StoreOpening(SqliteStoreOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>"FSXF" as a number: what file(1) and this program know the file by (PRAGMA application_id).</summary>
    internal const int ApplicationId = 0x46535846;

    private static readonly byte[] Magic = "SQLite format 3\0"u8.ToArray();

    private readonly string _path = Path.GetFullPath(options.Path);

    /// <summary>Takes the lock file beside the store.</summary>
    public SafeFileHandle Lock()
    {
        // Nothing is made in a directory that holds no store and is not to get one.
        if (!options.CreateIfMissing && !File.Exists(_path))
            throw Missing();
        return StateFile.Lock(_path + ".lock");
    }

    /// <summary>The writing connection of a store that is whole and of the present schema, its log empty.</summary>
    public Database OpenWriter()
    {
        bool isNew = CheckFile();
        Database database = Connect(options.WriterCacheBytes, queryOnly: false);
        try
        {
            Prepare(database, isNew);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>A reading connection.</summary>
    public Database OpenReader() => Connect(options.ReaderCacheBytes, queryOnly: true);

    /// <summary>A connection that may write another file.</summary>
    public Database OpenCopier() => Connect(options.ReaderCacheBytes, queryOnly: false);

    /// <summary>The connection that runs checkpoints: it reads the log past the page cache.</summary>
    public Database OpenCheckpointer()
    {
        Database database = Connect(1 << 20, queryOnly: false);
        // A connection that never read does not know of the log: its checkpoints would do nothing and say so to nobody.
        database.QueryInt64("SELECT COUNT(*) FROM counter");
        // It waits for readers while commits wait for it: a backup that reads for minutes must not hold them up.
        database.SetBusyTimeout(20);
        return database;
    }

    private Database Connect(long cacheBytes, bool queryOnly)
    {
        Database database = Database.Open(_path, create: false);
        try
        {
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"""
                PRAGMA synchronous = NORMAL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = {options.MaxWalBytes};
                PRAGMA temp_store = MEMORY;
                PRAGMA trusted_schema = OFF;
                PRAGMA cell_size_check = ON;
                PRAGMA cache_size = -{Math.Max(cacheBytes / 1024, 256)};
                """));
            if (queryOnly)
                database.Execute("PRAGMA query_only = ON");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    // True when the store has yet to be made.
    private bool CheckFile()
    {
        FileInfo file = new(_path);
        if (!file.Exists)
        {
            if (!options.CreateIfMissing)
                throw Missing();
            // Made here and not by SQLite: names and keys are nobody else's business.
            StateFile.Create(_path);
            return true;
        }

        if (file.Length == 0)
            return options.CreateIfMissing ? true : throw Damaged("the file is empty");
        Span<byte> header = stackalloc byte[16];
        using FileStream stream = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header.SequenceEqual(Magic)
            ? false
            : throw Damaged("it is no database");
    }

    private void Prepare(Database database, bool isNew)
    {
        if (isNew)
            database.Execute("PRAGMA page_size = 4096");
        List<string> mode = database.QueryTexts("PRAGMA journal_mode = WAL");
        if (mode is not ["wal"])
            throw new MetadataStoreException(MetadataFailure.Broken, $"The file system of {_path} cannot hold metadata (no shared memory map): use a local disk.");
        long application = database.QueryInt64("PRAGMA application_id");
        // A process that was killed while it made the store leaves a database without a table.
        bool isBlank = application == 0 && database.QueryInt64("SELECT COUNT(*) FROM sqlite_schema") == 0;
        if (isBlank && !options.CreateIfMissing)
            throw Damaged("it is empty");
        if (!isBlank && application != ApplicationId)
            throw Damaged("it belongs to another program");
        Migrate(database, isBlank);
        Check(database);
        database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
        StateFile.SyncDirectory(Path.GetDirectoryName(_path)!);
    }

    private void Migrate(Database database, bool isBlank)
    {
        long version = database.QueryInt64("PRAGMA user_version");
        int newest = Migration.All[^1].Version;
        if (version > newest)
        {
            throw new MetadataStoreException(MetadataFailure.Newer,
                $"The metadata in {_path} has schema {version}; this program knows up to {newest}: use the newer program that wrote it.");
        }

        foreach (Migration migration in Migration.All.Where(m => m.Version > version))
        {
            database.Execute("BEGIN IMMEDIATE");
            try
            {
                database.Execute("CREATE TABLE IF NOT EXISTS migration(version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_ns INTEGER NOT NULL) STRICT");
                database.Execute(migration.Sql);
                using (Statement applied = database.Prepare("INSERT INTO migration(version, name, applied_ns) VALUES (?1, ?2, ?3)"))
                    applied.Bind(1, migration.Version).Bind(2, migration.Name).Bind(3, NowNs()).Run();
                if (isBlank && migration.Version == 1)
                    MakeRoot(database);
                database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {migration.Version}; PRAGMA application_id = {ApplicationId}"));
                database.Execute("COMMIT");
            }
            catch
            {
                if (!database.IsAutocommit)
                    database.Execute("ROLLBACK");
                throw;
            }

            StoreLog.Migrated(logger, _path, migration.Version, migration.Name);
        }
    }

    private void MakeRoot(Database database)
    {
        long now = NowNs();
        database.Execute("INSERT INTO counter(id, next_id, tree_epoch, inodes, bytes, totals_exact) VALUES (1, 2, 0, 1, 0, 1)");
        NamespaceWrites writes = new(database);
        writes.PutInode(new InodeRow
        {
            Id = InodeRow.RootId,
            Ino = InodeRow.RootId,
            Version = 1,
            Mode = options.RootMode,
            Uid = options.RootUid,
            Gid = options.RootGid,
            NLink = 2,
            AtimeNs = now,
            MtimeNs = now,
            CtimeNs = now,
            BtimeNs = now,
        });
        writes.PutDirectory(new DirectoryRow { Id = InodeRow.RootId, Parent = InodeRow.RootId, Name = new FileName([]), Version = 1 });
    }

    // Cheap for any size: SQLite itself compares the file's length with its header. A small file is read whole.
    private void Check(Database database)
    {
        if (new FileInfo(_path).Length <= options.CheckAtOpenBytes)
        {
            List<string> problems = database.QueryTexts("PRAGMA quick_check(1)");
            if (problems is not ["ok"])
                throw Damaged(string.Join("; ", problems));
        }

        if (database.QueryInt64("SELECT COUNT(*) FROM counter") != 1)
            throw Damaged("its counters are gone");
        if (database.QueryInt64("SELECT COUNT(*) FROM inode i JOIN directory d ON d.id = i.id WHERE i.id = 1") != 1)
            throw Damaged("its root directory is gone");
    }

    private long NowNs() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private MetadataStoreException Missing() => new(MetadataFailure.Missing, $"There is no metadata in {_path}. Restore a backup of it.");

    private MetadataStoreException Damaged(string what) =>
        new(MetadataFailure.Corrupt, $"{_path} is no usable FsxFuse metadata: {what}. Restore a backup of it.");
}
