namespace FsxFuse.Metadata.Sqlite;

/// <summary>Requests about files' copies in the repository that survive a restart.</summary>
internal static class SchemaV2
{
    public const string Sql = """
        CREATE TABLE hsm_request(inode INTEGER PRIMARY KEY, action INTEGER NOT NULL, requested_ns INTEGER NOT NULL, note TEXT) STRICT;
        """;
}
