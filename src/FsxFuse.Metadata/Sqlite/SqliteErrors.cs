using SQLitePCL;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>Turns SQLite's result codes (sqlite.org/rescode.html) into the port's failures: the only place that does.</summary>
internal static class SqliteErrors
{
    private const int IoErrShmSize = raw.SQLITE_IOERR | (19 << 8);

    public static MetadataStoreException From(sqlite3? connection, int code, string path)
    {
        int extended = code;
        string detail;
        if (connection is null)
            detail = raw.sqlite3_errstr(code).utf8_to_string();
        else
        {
            int last = raw.sqlite3_extended_errcode(connection);
            if ((last & 0xFF) == (code & 0xFF))
                extended = last;
            detail = raw.sqlite3_errmsg(connection).utf8_to_string();
        }

        return (extended & 0xFF) switch
        {
            raw.SQLITE_FULL => new(MetadataFailure.Full, $"No space left for the metadata in {path}: free some space on that disk."),
            raw.SQLITE_IOERR when extended == IoErrShmSize =>
                new(MetadataFailure.Full, $"No space left for the metadata in {path}: free some space on that disk."),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                new(MetadataFailure.Corrupt, $"The metadata in {path} is damaged ({detail}): restore a backup of it."),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
                new(MetadataFailure.InUse, $"The metadata in {path} is locked by another program ({detail}): end that program."),
            _ => new(MetadataFailure.Broken, $"The metadata in {path} cannot be used: {detail} (SQLite error {extended})."),
        };
    }
}
