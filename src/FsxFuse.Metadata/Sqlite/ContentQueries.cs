namespace FsxFuse.Metadata.Sqlite;

/// <summary>Reads of contents and block maps. One per reading connection.</summary>
internal sealed class ContentQueries(Database database)
{
    internal const string Columns =
        "id, inode, version, flags, source_link, source_key, source_etag, source_version_id, source_length, dirty_version, unsynced_boot";

    private const int FlagValues = 16;

    private readonly Statement _content = database.Prepare($"SELECT {Columns} FROM content WHERE id = ?1");

    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM content WHERE id > ?1 ORDER BY id LIMIT ?2");

    private readonly Statement _byState = database.Prepare(
        $"SELECT {Columns} FROM content INDEXED BY content_state WHERE flags <> 0 AND flags = ?1 AND id > ?2 ORDER BY id LIMIT ?3");

    private readonly Statement _bySource = database.Prepare(
        $"SELECT {Columns} FROM content INDEXED BY content_source WHERE source_link <> 0 AND source_link = ?1 AND source_key = ?2 ORDER BY id");

    private readonly Statement _maps = database.Prepare("SELECT content, chunk, map FROM block_map WHERE content = ?1 ORDER BY chunk");

    public ContentRow? Get(long id) => Rows.Single(_content.Bind(1, id), Read);

    public List<ContentRow> Get(ContentFlags flags, long afterId, int limit)
    {
        limit = Rows.Limit(limit);
        if (flags == ContentFlags.None)
            return Rows.All(_all.Bind(1, afterId).Bind(2, limit), Read);

        // Each combination of flags is a run in id order in the index: the first of each, merged.
        List<ContentRow> found = [];
        database.Execute("BEGIN");
        try
        {
            for (int value = 1; value < FlagValues; value++)
            {
                if (((ContentFlags)value & flags) == flags)
                    Rows.Append(_byState.Bind(1, value).Bind(2, afterId).Bind(3, limit), found, Read);
            }
        }
        finally
        {
            database.EndRead();
        }

        found.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        if (found.Count > limit)
            found.RemoveRange(limit, found.Count - limit);
        return found;
    }

    public List<ContentRow> GetBySource(int linkId, string key) => Rows.All(_bySource.Bind(1, linkId).Bind(2, key), Read);

    public List<BlockMapRow> GetMaps(long content) => Rows.All(_maps.Bind(1, content), ReadMap);

    private static ContentRow Read(Statement row) => new()
    {
        Id = row.Int64(0),
        Inode = row.Int64(1),
        Version = row.Int64(2),
        Flags = (ContentFlags)row.Int32(3),
        SourceLink = row.Int32(4),
        SourceKey = row.Text(5),
        SourceETag = row.Text(6),
        SourceVersionId = row.Text(7),
        SourceLength = row.Int64(8),
        DirtyVersion = row.Int64(9),
        UnsyncedBoot = row.Text(10),
    };

    private static BlockMapRow ReadMap(Statement row) => new() { Content = row.Int64(0), Chunk = row.Int64(1), Map = row.Blob(2) };
}
