namespace FsxFuse.Metadata.Sqlite;

/// <summary>Writes of contents and block maps. Belongs to the writer's connection and lock.</summary>
internal sealed class ContentWrites(Database database)
{
    private readonly Statement _put = database.Prepare(
        $"INSERT OR REPLACE INTO content({ContentQueries.Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");

    private readonly Statement _delete = database.Prepare("DELETE FROM content WHERE id = ?1");

    // Through the inode, which has one at most: an index over inodes would cost each create a page.
    private readonly Statement _ofInode = database.Prepare(
        "SELECT c.id FROM inode i JOIN content c ON c.id = i.content_id AND c.inode = i.id WHERE i.id = ?1");

    private readonly Statement _putMap = database.Prepare("INSERT OR REPLACE INTO block_map(content, chunk, map) VALUES (?1, ?2, ?3)");

    private readonly Statement _deleteMaps = database.Prepare("DELETE FROM block_map WHERE content = ?1 AND chunk >= ?2");

    public void Put(ContentRow row) =>
        _put.Bind(1, row.Id).Bind(2, row.Inode).Bind(3, row.Version).Bind(4, (int)row.Flags).Bind(5, row.SourceLink).Bind(6, row.SourceKey)
            .Bind(7, row.SourceETag).Bind(8, row.SourceVersionId).Bind(9, row.SourceLength).Bind(10, row.DirtyVersion)
            .Bind(11, row.UnsyncedBoot).Run();

    public void Delete(long id)
    {
        _delete.Bind(1, id).Run();
        DeleteMaps(id, 0);
    }

    public void DeleteOfInode(long inode)
    {
        if (_ofInode.Bind(1, inode).Scalar() is long id)
            Delete(id);
    }

    public void PutMap(BlockMapRow row) => _putMap.Bind(1, row.Content).Bind(2, row.Chunk).BindBlob(3, row.Map).Run();

    public void DeleteMaps(long content, long fromChunk) => _deleteMaps.Bind(1, content).Bind(2, fromChunk).Run();
}
