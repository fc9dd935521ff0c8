namespace FsxFuse.Metadata;

/// <summary>
/// The metadata of one file system as versioned rows. It knows rows, not POSIX operations: read some rows; commit one batch of
/// row changes under guards, atomically, or learn that a guard failed. Thread-safe. An embedded engine answers synchronously
/// (its ValueTasks are complete when returned). Every failure of the engine itself is a <see cref="MetadataStoreException"/>.
/// </summary>
public interface IMetadataStore : IChangeFeed, IAsyncDisposable
{
    /// <summary>Takes <paramref name="count"/> fresh numbers (inode and content ids, cookies) and returns the first. Never gives one twice, also after a crash.</summary>
    long AllocateIds(int count = 1);

    /// <summary>Number of directory moves between parents so far: see <see cref="Guard.TreeEpoch"/>.</summary>
    ValueTask<long> GetTreeEpochAsync(CancellationToken cancel = default);

    /// <summary>Commits: all or nothing. After it returns, a killed process loses nothing of it (a power loss may, until <see cref="SyncAsync"/>).</summary>
    ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancel = default);

    /// <summary>Makes every commit so far survive power loss. Concurrent callers share one flush.</summary>
    ValueTask SyncAsync(CancellationToken cancel = default);

    /// <summary>One inode.</summary>
    ValueTask<InodeRow?> GetInodeAsync(long id, CancellationToken cancel = default);

    /// <summary>One directory row; null when the inode is no live directory.</summary>
    ValueTask<DirectoryRow?> GetDirectoryAsync(long id, CancellationToken cancel = default);

    /// <summary>One entry.</summary>
    ValueTask<DentryRow?> GetDentryAsync(long parent, FileName name, CancellationToken cancel = default);

    /// <summary>One entry with its inode, in one round trip.</summary>
    ValueTask<NamedInode?> LookupAsync(long parent, FileName name, CancellationToken cancel = default);

    /// <summary>Up to <paramref name="limit"/> entries after <paramref name="afterCookie"/> in cookie order, appended to <paramref name="into"/>; returns how many.</summary>
    ValueTask<int> ReadDirectoryAsync(long parent, long afterCookie, int limit, List<DentryRow> into, CancellationToken cancel = default);

    /// <summary>The same with each entry's inode (readdirplus).</summary>
    ValueTask<int> ReadDirectoryPlusAsync(long parent, long afterCookie, int limit, List<NamedInode> into, CancellationToken cancel = default);

    /// <summary>Every name of an inode.</summary>
    ValueTask<IReadOnlyList<DentryRow>> GetNamesAsync(long inode, CancellationToken cancel = default);

    /// <summary>One content.</summary>
    ValueTask<ContentRow?> GetContentAsync(long id, CancellationToken cancel = default);

    /// <summary>Contents in id order after <paramref name="afterId"/> that have all of <paramref name="flags"/> (recovery, eviction).</summary>
    ValueTask<IReadOnlyList<ContentRow>> GetContentsAsync(ContentFlags flags, long afterId, int limit, CancellationToken cancel = default);

    /// <summary>Contents whose source is this key.</summary>
    ValueTask<IReadOnlyList<ContentRow>> GetContentsBySourceAsync(int linkId, string key, CancellationToken cancel = default);

    /// <summary>The block maps of a content, in chunk order.</summary>
    ValueTask<IReadOnlyList<BlockMapRow>> GetBlockMapsAsync(long content, CancellationToken cancel = default);

    /// <summary>Names of the extended attributes of an inode, in order. Values may be large and many: they are read one by one.</summary>
    ValueTask<IReadOnlyList<FileName>> GetXattrNamesAsync(long inode, CancellationToken cancel = default);

    /// <summary>One extended attribute.</summary>
    ValueTask<XattrRow?> GetXattrAsync(long inode, FileName name, CancellationToken cancel = default);

    /// <summary>True when any inode may have an extended attribute: most file systems have none, and then nobody needs to look.</summary>
    ValueTask<bool> HasXattrsAsync(CancellationToken cancel = default) => new(true);

    /// <summary>Inodes without a name, in id order after <paramref name="afterId"/>.</summary>
    ValueTask<IReadOnlyList<long>> GetOrphansAsync(long afterId, int limit, CancellationToken cancel = default);

    /// <summary>Directories of a link that are <see cref="ListingState.Unlisted"/> and whose prefix is a prefix of <paramref name="key"/>: their unlisted children may need that key.</summary>
    ValueTask<IReadOnlyList<DirectoryRow>> GetUnlistedDirectoriesCoveringAsync(int linkId, string key, CancellationToken cancel = default);

    /// <summary>Directories of a link, in id order after <paramref name="afterId"/>. No index serves it: for background work.</summary>
    ValueTask<IReadOnlyList<DirectoryRow>> GetDirectoriesAsync(int linkId, long afterId, int limit, CancellationToken cancel = default);

    /// <summary>All links, by id.</summary>
    ValueTask<IReadOnlyList<LinkRow>> GetLinksAsync(CancellationToken cancel = default);

    /// <summary>One remembered object.</summary>
    ValueTask<ObjectRow?> GetObjectAsync(int linkId, string key, CancellationToken cancel = default);

    /// <summary>Remembered objects with that prefix, in key order (UTF-8 byte order) after <paramref name="afterKey"/>.</summary>
    ValueTask<IReadOnlyList<ObjectRow>> GetObjectsAsync(int linkId, string prefix, string afterKey, int limit, CancellationToken cancel = default);

    /// <summary>Export entries with NotBeforeNs ≤ <paramref name="dueNs"/> and Id &gt; <paramref name="afterId"/>, in id order.</summary>
    ValueTask<IReadOnlyList<ExportRow>> GetExportsAsync(long dueNs, long afterId, int limit, CancellationToken cancel = default);

    /// <summary>The export entry about this subject, if any.</summary>
    ValueTask<ExportRow?> GetExportAsync(ExportKind kind, int linkId, long subject, string key, CancellationToken cancel = default);

    /// <summary>Keys queued as <see cref="ExportKind.Key"/> that start with <paramref name="prefix"/>: the tombstones of a listing.</summary>
    ValueTask<IReadOnlyList<string>> GetQueuedKeysAsync(int linkId, string prefix, CancellationToken cancel = default);

    /// <summary>Number, oldest and next due time of the export queue, in one look.</summary>
    ValueTask<ExportQueueSummary> GetExportSummaryAsync(CancellationToken cancel = default);

    /// <summary>Tasks, newest first.</summary>
    ValueTask<IReadOnlyList<TaskRow>> GetTasksAsync(CancellationToken cancel = default);

    /// <summary>One task.</summary>
    ValueTask<TaskRow?> GetTaskAsync(string id, CancellationToken cancel = default);

    /// <summary>A task's report rows after <paramref name="afterNumber"/>.</summary>
    ValueTask<IReadOnlyList<TaskFailureRow>> GetTaskFailuresAsync(string id, long afterNumber, int limit, CancellationToken cancel = default);

    /// <summary>HSM requests that have not ended, in inode order after <paramref name="afterInode"/>.</summary>
    ValueTask<IReadOnlyList<HsmRequestRow>> GetHsmRequestsAsync(long afterInode, int limit, CancellationToken cancel = default);

    /// <summary>The newest events, newest first.</summary>
    ValueTask<IReadOnlyList<EventRow>> GetEventsAsync(int limit, CancellationToken cancel = default);

    /// <summary>One setting.</summary>
    ValueTask<string?> GetSettingAsync(string key, CancellationToken cancel = default);

    /// <summary>Counts for statfs and status: inodes, bytes as the sum of regular files' sizes. May lag by a few seconds.</summary>
    ValueTask<NamespaceTotals> GetTotalsAsync(CancellationToken cancel = default);
}
