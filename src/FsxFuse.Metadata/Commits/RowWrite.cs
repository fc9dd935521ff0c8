namespace FsxFuse.Metadata;

/// <summary>One change of one row, or of the few that belong together. A batch is a list of them, done in order.</summary>
public abstract record RowWrite
{
    private RowWrite()
    {
    }

    /// <summary>Inserts or overwrites an inode; the stored version is Row.Version as given (a caller that updates writes old + 1).</summary>
    public sealed record PutInode(InodeRow Row) : RowWrite;

    /// <summary>
    /// Adds to a busy parent directory without a version guard, so that it never makes others retry for long: times become the
    /// maximum of stored and given, NLink moves by the difference, and the version rises by one.
    /// </summary>
    public sealed record MergeInode(long Id, long MtimeNs, long CtimeNs, int NLinkDelta) : RowWrite;

    /// <summary>Removes the inode, its xattrs, its orphan row, and the row and block maps of the content it refers to (ContentId).</summary>
    public sealed record DeleteInode(long Id) : RowWrite;

    /// <summary>Inserts or overwrites a directory row (version as given).</summary>
    public sealed record PutDirectory(DirectoryRow Row) : RowWrite;

    /// <summary>Removes a directory row: the directory is not live any more.</summary>
    public sealed record DeleteDirectory(long Id) : RowWrite;

    /// <summary>Inserts or overwrites an entry.</summary>
    public sealed record PutDentry(DentryRow Row) : RowWrite;

    /// <summary>Removes an entry.</summary>
    public sealed record DeleteDentry(long Parent, FileName Name) : RowWrite;

    /// <summary>Inserts or overwrites a content (version as given).</summary>
    public sealed record PutContent(ContentRow Row) : RowWrite;

    /// <summary>Removes a content and its block maps.</summary>
    public sealed record DeleteContent(long Id) : RowWrite;

    /// <summary>Inserts or overwrites one chunk's map.</summary>
    public sealed record PutBlockMap(BlockMapRow Row) : RowWrite;

    /// <summary>Removes the maps of all chunks from <paramref name="FromChunk"/> up.</summary>
    public sealed record DeleteBlockMaps(long Content, long FromChunk = 0) : RowWrite;

    /// <summary>Inserts or overwrites an extended attribute.</summary>
    public sealed record PutXattr(XattrRow Row) : RowWrite;

    /// <summary>Removes an extended attribute.</summary>
    public sealed record DeleteXattr(long Inode, FileName Name) : RowWrite;

    /// <summary>Notes that an inode has no name left: its bytes go when no handle is open.</summary>
    public sealed record PutOrphan(long Inode) : RowWrite;

    /// <summary>Forgets the note (the inode got a name again by linkat of an O_TMPFILE).</summary>
    public sealed record DeleteOrphan(long Inode) : RowWrite;

    /// <summary>Remembers an object.</summary>
    public sealed record PutObject(ObjectRow Row) : RowWrite;

    /// <summary>Forgets an object.</summary>
    public sealed record DeleteObject(int LinkId, string Key) : RowWrite;

    /// <summary>
    /// Queues for export: inserts, or raises the version of the entry with the same (kind, link, subject, key), clears its
    /// attempts and error, and makes it due at the earlier of the stored and the given time. QueuedNs of an existing entry stays.
    /// </summary>
    public sealed record QueueExport(ExportRow Row) : RowWrite;

    /// <summary>Rewrites the retry fields (NotBeforeNs, Attempts, LastError) of an entry, if it still has this version.</summary>
    public sealed record DeferExport(ExportRow Row) : RowWrite;

    /// <summary>Removes an entry if it still has this version: one queued again in the meantime stays.</summary>
    public sealed record DeleteExport(long Id, long Version) : RowWrite;

    /// <summary>Inserts or overwrites a link.</summary>
    public sealed record PutLink(LinkRow Row) : RowWrite;

    /// <summary>Removes a link with its remembered objects and queue entries.</summary>
    public sealed record DeleteLink(int Id) : RowWrite;

    /// <summary>Inserts or overwrites a task.</summary>
    public sealed record PutTask(TaskRow Row) : RowWrite;

    /// <summary>Removes a task and its failures.</summary>
    public sealed record DeleteTask(string Id) : RowWrite;

    /// <summary>Appends a row to a task's report.</summary>
    public sealed record PutTaskFailure(TaskFailureRow Row) : RowWrite;

    /// <summary>Inserts or overwrites the HSM request of an inode.</summary>
    public sealed record PutHsmRequest(HsmRequestRow Row) : RowWrite;

    /// <summary>Removes the HSM request of an inode.</summary>
    public sealed record DeleteHsmRequest(long Inode) : RowWrite;

    /// <summary>Records an event (Id is set by the store; the oldest beyond 10,000 go).</summary>
    public sealed record AddEvent(EventRow Row) : RowWrite;

    /// <summary>Inserts or overwrites a setting.</summary>
    public sealed record PutSetting(string Key, string Value) : RowWrite;
}
