using System.Text;
using SQLitePCL;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// One prepared statement: bind every parameter (numbered from 1), step, read the columns (from 0), reset. A statement left unreset keeps
/// its read transaction, so whoever steps also resets. Belongs to the connection's thread.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const int StackBytes = 1024;

    private readonly Database _database;
    private readonly sqlite3_stmt _handle;

    internal Statement(Database database, sqlite3_stmt handle)
    {
        _database = database;
        _handle = handle;
    }

    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_handle, index, value));
        return this;
    }

    public Statement Bind(int index, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(_handle, index));
            return this;
        }

        Span<byte> stack = stackalloc byte[StackBytes];
        return value.Length * 3 <= StackBytes
            ? BindText(index, stack[..Encoding.UTF8.GetBytes(value, stack)])
            : BindText(index, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Binds bytes as text: they are compared as they are, also where they are no valid UTF-8 (the end of a range).</summary>
    public Statement BindText(int index, ReadOnlySpan<byte> utf8)
    {
        // The span overload takes an empty one for NULL; the one for strings does not.
        Check(utf8.IsEmpty ? raw.sqlite3_bind_text(_handle, index, "") : raw.sqlite3_bind_text(_handle, index, utf8));
        return this;
    }

    public Statement BindBlob(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_handle, index, 0) : raw.sqlite3_bind_blob(_handle, index, value));
        return this;
    }

    public Statement BindNullableBlob(int index, byte[]? value)
    {
        if (value is not null)
            return BindBlob(index, value);
        Check(raw.sqlite3_bind_null(_handle, index));
        return this;
    }

    /// <summary>True when there is a row, false at the end. After an exception the statement is reset.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_handle);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code == raw.SQLITE_DONE)
            return false;
        MetadataStoreException error = _database.Error(code);
        raw.sqlite3_reset(_handle);
        throw error;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    /// <summary>Runs it and tells whether there was a row.</summary>
    public bool Exists()
    {
        bool row = Step();
        Reset();
        return row;
    }

    /// <summary>Runs it and returns the first column of the first row, or null when there is no row.</summary>
    public long? Scalar()
    {
        long? value = Step() ? Int64(0) : null;
        Reset();
        return value;
    }

    public void Reset() => raw.sqlite3_reset(_handle);

    public long Int64(int column) => raw.sqlite3_column_int64(_handle, column);

    public int Int32(int column) => (int)raw.sqlite3_column_int64(_handle, column);

    public uint UInt32(int column) => (uint)raw.sqlite3_column_int64(_handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    /// <summary>Text by its length, so that a NUL inside does not end it.</summary>
    public string? Text(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(raw.sqlite3_column_blob(_handle, column));

    public byte[] Blob(int column) => raw.sqlite3_column_blob(_handle, column).ToArray();

    public byte[]? NullableBlob(int column) => IsNull(column) ? null : Blob(column);

    public void Dispose() => _handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw _database.Error(code);
    }
}
