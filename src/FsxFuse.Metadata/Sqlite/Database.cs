using SQLitePCL;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// One SQLite connection. It has no lock of its own (SQLITE_OPEN_NOMUTEX): its owner sees to it that one thread uses it at a time.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly List<Statement> _statements = [];

    // The library's own one-time registration of the native provider; safe to run from several threads.
    static Database() => Batteries_V2.Init();

    private Database(string path, sqlite3 handle)
    {
        Path = path;
        _handle = handle;
    }

    public string Path { get; }

    internal sqlite3 Handle => _handle;

    /// <summary>True when no transaction is open.</summary>
    public bool IsAutocommit => raw.sqlite3_get_autocommit(_handle) != 0;

    public static Database Open(string path, bool create)
    {
        int flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        int code = raw.sqlite3_open_v2(path, out sqlite3 handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            MetadataStoreException error = SqliteErrors.From(handle, code, path);
            handle?.Dispose();
            throw error;
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        // Readers may meet the checkpoint for a moment; nobody else shares the file.
        Database database = new(path, handle);
        database.SetBusyTimeout(10_000);
        return database;
    }

    /// <summary>How long a call waits for others' locks, milliseconds.</summary>
    public void SetBusyTimeout(int milliseconds) => _ = raw.sqlite3_busy_timeout(_handle, milliseconds);

    public Statement Prepare(string sql)
    {
        const uint persistent = 1; // SQLITE_PREPARE_PERSISTENT
        int code = raw.sqlite3_prepare_v3(_handle, sql, persistent, out sqlite3_stmt statement);
        if (code != raw.SQLITE_OK)
            throw Error(code);
        Statement made = new(this, statement);
        _statements.Add(made);
        return made;
    }

    public void Execute(string sql)
    {
        int code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK)
            throw Error(code);
    }

    /// <summary>Ends a read transaction; one that damage ended is over already.</summary>
    public void EndRead()
    {
        if (!IsAutocommit)
            Execute("ROLLBACK");
    }

    /// <summary>The first column of the first row; 0 when there is none.</summary>
    public long QueryInt64(string sql)
    {
        using Statement statement = Transient(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>The first column of every row.</summary>
    public List<string> QueryTexts(string sql)
    {
        List<string> rows = [];
        using Statement statement = Transient(sql);
        while (statement.Step())
            rows.Add(statement.Text(0) ?? "");
        return rows;
    }

    /// <summary>Pages this connection has written to the log so far (SQLITE_DBSTATUS_CACHE_WRITE); wraps.</summary>
    public int PagesWritten()
    {
        const int cacheWrite = 9;
        _ = raw.sqlite3_db_status(_handle, cacheWrite, out int current, out _, 0);
        return current;
    }

    /// <summary>Runs a checkpoint; returns the frames in the log and those of them now in the database file.</summary>
    public (int Frames, int Done) Checkpoint(int mode)
    {
        int code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out int frames, out int done);
        return code is raw.SQLITE_OK or raw.SQLITE_BUSY ? (frames, done) : throw Error(code);
    }

    /// <summary>Closing the last connection shall not bring the log into the database file (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE).</summary>
    public void KeepLogAtClose() => _ = raw.sqlite3_db_config(_handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    public MetadataStoreException Error(int code) => SqliteErrors.From(_handle, code, Path);

    public void Dispose()
    {
        foreach (Statement statement in _statements)
            statement.Dispose();
        _handle.Dispose();
    }

    private Statement Transient(string sql)
    {
        int code = raw.sqlite3_prepare_v3(_handle, sql, 0, out sqlite3_stmt statement);
        return code == raw.SQLITE_OK ? new Statement(this, statement) : throw Error(code);
    }
}
