namespace FsxFuse.Metadata.Sqlite;

/// <summary>Runs a bound statement to its end, resets it, and gives its rows.</summary>
internal static class Rows
{
    public static T? Single<T>(Statement statement, Func<Statement, T> read)
        where T : class
    {
        try
        {
            return statement.Step() ? read(statement) : null;
        }
        finally
        {
            statement.Reset();
        }
    }

    public static List<T> All<T>(Statement statement, Func<Statement, T> read)
    {
        List<T> rows = [];
        Append(statement, rows, read);
        return rows;
    }

    public static int Append<T>(Statement statement, List<T> into, Func<Statement, T> read)
    {
        int count = 0;
        try
        {
            while (statement.Step())
            {
                into.Add(read(statement));
                count++;
            }
        }
        finally
        {
            statement.Reset();
        }

        return count;
    }

    /// <summary>SQLite takes a negative limit for none.</summary>
    public static int Limit(int limit) => Math.Max(limit, 0);
}
