namespace FsxFuse.Metadata.Sqlite;

/// <summary>One step from a schema version to the next. Once released it never changes.</summary>
/// <param name="Version">The version it leads to; 1 and up, without gaps.</param>
/// <param name="Name">What it brings.</param>
/// <param name="Sql">Statements, run in one transaction.</param>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = [new(1, "first schema", SchemaV1.Sql), new(2, "requests about copies in the repository", SchemaV2.Sql)];
}
