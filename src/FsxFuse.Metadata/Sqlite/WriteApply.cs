namespace FsxFuse.Metadata.Sqlite;

/// <summary>Does the writes of a batch inside the writing transaction; each returns what it changes the sums by.</summary>
internal sealed class WriteApply(Database database)
{
    private readonly NamespaceWrites _namespace = new(database);
    private readonly ContentWrites _contents = new(database);
    private readonly ExportWrites _exports = new(database);
    private readonly JournalWrites _journal = new(database);

    public Tallies Apply(RowWrite write)
    {
        switch (write)
        {
            case RowWrite.PutInode w:
                return _namespace.PutInode(w.Row);
            case RowWrite.DeleteInode w:
                _contents.DeleteOfInode(w.Id);
                return _namespace.DeleteInode(w.Id);
            case RowWrite.QueueExport w:
                return _exports.Queue(w.Row);
            case RowWrite.DeferExport w:
                return _exports.Defer(w.Row);
            case RowWrite.DeleteExport w:
                return _exports.Delete(w.Id, w.Version);
            case RowWrite.DeleteLink w:
                _journal.DeleteLink(w.Id);
                return _exports.DeleteOfLink(w.Id);
            default:
                ApplyUncounted(write);
                return default;
        }
    }

    private void ApplyUncounted(RowWrite write)
    {
        switch (write)
        {
            case RowWrite.MergeInode w:
                _namespace.MergeInode(w);
                break;
            case RowWrite.PutDirectory w:
                _namespace.PutDirectory(w.Row);
                break;
            case RowWrite.DeleteDirectory w:
                _namespace.DeleteDirectory(w.Id);
                break;
            case RowWrite.PutDentry w:
                _namespace.PutDentry(w.Row);
                break;
            case RowWrite.DeleteDentry w:
                _namespace.DeleteDentry(w.Parent, w.Name);
                break;
            case RowWrite.PutContent w:
                _contents.Put(w.Row);
                break;
            case RowWrite.DeleteContent w:
                _contents.Delete(w.Id);
                break;
            case RowWrite.PutBlockMap w:
                _contents.PutMap(w.Row);
                break;
            case RowWrite.DeleteBlockMaps w:
                _contents.DeleteMaps(w.Content, w.FromChunk);
                break;
            case RowWrite.PutXattr w:
                _namespace.PutXattr(w.Row);
                break;
            case RowWrite.DeleteXattr w:
                _namespace.DeleteXattr(w.Inode, w.Name);
                break;
            case RowWrite.PutOrphan w:
                _namespace.PutOrphan(w.Inode);
                break;
            case RowWrite.DeleteOrphan w:
                _namespace.DeleteOrphan(w.Inode);
                break;
            case RowWrite.PutObject w:
                _journal.PutObject(w.Row);
                break;
            case RowWrite.DeleteObject w:
                _journal.DeleteObject(w.LinkId, w.Key);
                break;
            case RowWrite.PutLink w:
                _journal.PutLink(w.Row);
                break;
            case RowWrite.PutTask w:
                _journal.PutTask(w.Row);
                break;
            case RowWrite.DeleteTask w:
                _journal.DeleteTask(w.Id);
                break;
            case RowWrite.PutTaskFailure w:
                _journal.PutTaskFailure(w.Row);
                break;
            case RowWrite.PutHsmRequest w:
                _journal.PutHsmRequest(w.Row);
                break;
            case RowWrite.DeleteHsmRequest w:
                _journal.DeleteHsmRequest(w.Inode);
                break;
            case RowWrite.AddEvent w:
                _journal.AddEvent(w.Row);
                break;
            case RowWrite.PutSetting w:
                _journal.PutSetting(w.Key, w.Value);
                break;
            default:
                throw new NotSupportedException($"The write {write.GetType().Name} is not known to this engine.");
        }
    }
}
