using FsxFuse.Metadata;

namespace FsxFuse.Repository.Export;

/// <summary>What a queue entry is about: the store holds at most one entry with each of these.</summary>
internal readonly record struct EntryId(ExportKind Kind, int LinkId, long Subject, string Key)
{
    public static EntryId Of(ExportRow row) => new(row.Kind, row.LinkId, row.Subject, row.Key);

    public static EntryId Inode(long id) => new(ExportKind.Inode, 0, id, "");

    /// <summary>The row that queues this: due at once, in the queue since <paramref name="queuedNs"/>.</summary>
    public ExportRow ToRow(long queuedNs) => new()
    {
        Kind = Kind,
        LinkId = LinkId,
        Subject = Subject,
        Key = Key,
        QueuedNs = queuedNs,
    };

    public override string ToString() => Kind switch
    {
        ExportKind.Inode => $"inode {Subject}",
        ExportKind.Key => $"key '{Key}'",
        _ => $"directory {Subject} from '{Key}'",
    };
}
