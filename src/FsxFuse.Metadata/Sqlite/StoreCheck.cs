using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>What reads the whole database: its check and its copy.</summary>
internal static class StoreCheck
{
    public static IReadOnlyList<string> Run(Database database)
    {
        List<string> problems = [];
        database.Execute("BEGIN");
        try
        {
            problems = database.QueryTexts("PRAGMA integrity_check");
            if (problems is ["ok"])
                problems.Clear();
            Count(database, problems, "entries name an inode that is gone",
                "SELECT COUNT(*) FROM dentry d WHERE NOT EXISTS (SELECT 1 FROM inode WHERE id = d.child)");
            Count(database, problems, "entries are in a directory that is gone",
                "SELECT COUNT(*) FROM dentry d WHERE NOT EXISTS (SELECT 1 FROM directory WHERE id = d.parent)");
            Count(database, problems, "contents are of no inode",
                "SELECT COUNT(*) FROM content c WHERE NOT EXISTS (SELECT 1 FROM inode WHERE id = c.inode AND content_id = c.id)");
            Count(database, problems, "inodes have neither a name nor a note that they are orphans",
                """
                SELECT COUNT(*) FROM inode i WHERE i.id <> 1 AND NOT EXISTS (SELECT 1 FROM dentry WHERE child = i.id)
                AND NOT EXISTS (SELECT 1 FROM orphan WHERE inode = i.id)
                """);
        }
        catch (MetadataStoreException error) when (error.Failure == MetadataFailure.Corrupt)
        {
            // What cannot be read cannot be counted either.
            problems.Add(error.Message);
        }
        finally
        {
            database.EndRead();
        }

        return problems;
    }

    public static void CopyTo(Database database, string path)
    {
        // Made here for this user alone; SQLite fills an empty file and refuses any other.
        StateFile.Create(path);
        using (Statement copy = database.Prepare("VACUUM INTO ?1"))
            copy.Bind(1, path).Run();
        using (SafeFileHandle file = StateFile.Open(path))
            StateFile.Sync(file, path);
        StateFile.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    private static void Count(Database database, List<string> problems, string what, string sql)
    {
        long found = database.QueryInt64(sql);
        if (found != 0)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{found} {what}"));
    }
}
