using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// The embedded metadata store: one SQLite database in WAL mode, used by one process at a time. Every call answers on the caller's
/// thread, without waiting for a disk flush; <see cref="SyncAsync"/> alone waits for the disk, on a thread of its own.
/// </summary>
public sealed class SqliteMetadataStore : IMetadataStore
{
    private readonly SafeFileHandle _lock;
    private readonly StoreOpening _opening;
    private readonly Writer _writer;
    private readonly ReaderPool _readers;
    private readonly WalFlusher _flusher;
    private readonly Checkpointer _checkpointer;
    private readonly IdAllocator _ids;
    private readonly ILogger _logger;
    private readonly string _path;
    private readonly Task _recount;
    private int _disposed;

    private SqliteMetadataStore(SqliteStoreOptions options, SafeFileHandle lockFile, StoreOpening opening, Database database, ILogger logger)
    {
        _path = Path.GetFullPath(options.Path);
        _lock = lockFile;
        _opening = opening;
        _logger = logger;
        _writer = new Writer(database, logger);
        _readers = new ReaderPool(options.Readers, opening.OpenReader);
        _flusher = new WalFlusher(_writer, _path + "-wal", options.FlushInterval, logger);
        _checkpointer = new Checkpointer(_writer, opening.OpenCheckpointer(), options.MaxWalBytes, logger);
        _ids = new IdAllocator(_writer, _flusher, _path, logger);
        _flusher.Start();
        _checkpointer.Start();
        _recount = Task.Run(Recount);
    }

    /// <summary>
    /// Opens a store, or makes one with its root directory. Takes the lock file beside it for as long as the store is open.
    /// </summary>
    /// <exception cref="MetadataStoreException">
    /// Missing (and not to be created), Corrupt, Newer, InUse by another process, Full, or Broken (cannot be read or written).
    /// </exception>
    public static Task<SqliteMetadataStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        return Task.Run(() => Open(options, time, logger));
    }

    /// <summary>What the store did since it was opened.</summary>
    public SqliteStoreStatistics GetStatistics()
    {
        FileInfo log = new(_path + "-wal");
        return new(_writer.Commits, _writer.FailedGuards, _flusher.Flushes, _checkpointer.Checkpoints, _checkpointer.Stalls, log.Exists ? log.Length : 0);
    }

    /// <summary>
    /// Reads the whole database and returns what is wrong with it, in words; empty when nothing is. Takes seconds per gigabyte, beside other work.
    /// </summary>
    public Task<IReadOnlyList<string>> CheckAsync() => Task.Run(() =>
    {
        using Database database = _opening.OpenReader();
        return StoreCheck.Run(database);
    });

    /// <summary>Writes a consistent copy of the store, as it is now, to a file that does not exist yet. Commits go on meanwhile.</summary>
    public Task BackupAsync(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Task.Run(() =>
        {
            using Database database = _opening.OpenCopier();
            StoreCheck.CopyTo(database, Path.GetFullPath(path));
        });
    }

    /// <inheritdoc/>
    public long AllocateIds(int count = 1) => _ids.Allocate(count);

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<Batch> onCommitted) => _writer.Feed.Subscribe(onCommitted);

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Batch batch, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancel.ThrowIfCancellationRequested();
        _checkpointer.WaitForRoom();
        return new(_writer.Commit(batch));
    }

    /// <inheritdoc/>
    public ValueTask SyncAsync(CancellationToken cancel = default) => _flusher.SyncAsync(cancel);

    /// <inheritdoc/>
    public ValueTask<long> GetTreeEpochAsync(CancellationToken cancel = default) => new(_writer.TreeEpoch);

    /// <inheritdoc/>
    public ValueTask<InodeRow?> GetInodeAsync(long id, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetInode(id));
    }

    /// <inheritdoc/>
    public ValueTask<DirectoryRow?> GetDirectoryAsync(long id, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetDirectory(id));
    }

    /// <inheritdoc/>
    public ValueTask<DentryRow?> GetDentryAsync(long parent, FileName name, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetDentry(parent, name));
    }

    /// <inheritdoc/>
    public ValueTask<NamedInode?> LookupAsync(long parent, FileName name, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.Lookup(parent, name));
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadDirectoryAsync(long parent, long afterCookie, int limit, List<DentryRow> into, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(into);
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.ReadDirectory(parent, afterCookie, limit, into));
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadDirectoryPlusAsync(long parent, long afterCookie, int limit, List<NamedInode> into, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(into);
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.ReadDirectoryPlus(parent, afterCookie, limit, into));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DentryRow>> GetNamesAsync(long inode, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetNames(inode));
    }

    /// <inheritdoc/>
    public ValueTask<ContentRow?> GetContentAsync(long id, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Contents.Get(id));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ContentRow>> GetContentsAsync(ContentFlags flags, long afterId, int limit, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Contents.Get(flags, afterId, limit));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ContentRow>> GetContentsBySourceAsync(int linkId, string key, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Contents.GetBySource(linkId, key));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<BlockMapRow>> GetBlockMapsAsync(long content, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Contents.GetMaps(content));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<FileName>> GetXattrNamesAsync(long inode, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetXattrNames(inode));
    }

    /// <inheritdoc/>
    public ValueTask<XattrRow?> GetXattrAsync(long inode, FileName name, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetXattr(inode, name));
    }

    /// <inheritdoc/>
    public ValueTask<bool> HasXattrsAsync(CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.HasXattrs());
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<long>> GetOrphansAsync(long afterId, int limit, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetOrphans(afterId, limit));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DirectoryRow>> GetUnlistedDirectoriesCoveringAsync(int linkId, string key, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetUnlistedCovering(linkId, key));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<DirectoryRow>> GetDirectoriesAsync(int linkId, long afterId, int limit, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Namespace.GetDirectories(linkId, afterId, limit));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LinkRow>> GetLinksAsync(CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Repository.GetLinks());
    }

    /// <inheritdoc/>
    public ValueTask<ObjectRow?> GetObjectAsync(int linkId, string key, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Repository.GetObject(linkId, key));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ObjectRow>> GetObjectsAsync(int linkId, string prefix, string afterKey, int limit, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Repository.GetObjects(linkId, prefix, afterKey, limit));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ExportRow>> GetExportsAsync(long dueNs, long afterId, int limit, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Repository.GetExports(dueNs, afterId, limit));
    }

    /// <inheritdoc/>
    public ValueTask<ExportRow?> GetExportAsync(ExportKind kind, int linkId, long subject, string key, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Repository.GetExport(kind, linkId, subject, key));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> GetQueuedKeysAsync(int linkId, string prefix, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Repository.GetQueuedKeys(linkId, prefix));
    }

    /// <inheritdoc/>
    public ValueTask<ExportQueueSummary> GetExportSummaryAsync(CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        (long oldestNs, long nextDueNs) = lease.Reader.Repository.GetQueueTimes();
        Tallies tallies = _writer.Tallies;
        return new(new ExportQueueSummary(tallies.Exports, oldestNs, nextDueNs, tallies.FailingExports));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TaskRow>> GetTasksAsync(CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Journal.GetTasks());
    }

    /// <inheritdoc/>
    public ValueTask<TaskRow?> GetTaskAsync(string id, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Journal.GetTask(id));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<TaskFailureRow>> GetTaskFailuresAsync(string id, long afterNumber, int limit, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Journal.GetTaskFailures(id, afterNumber, limit));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<HsmRequestRow>> GetHsmRequestsAsync(long afterInode, int limit, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Journal.GetHsmRequests(afterInode, limit));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<EventRow>> GetEventsAsync(int limit, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Journal.GetEvents(limit));
    }

    /// <inheritdoc/>
    public ValueTask<string?> GetSettingAsync(string key, CancellationToken cancel = default)
    {
        using ReaderPool.Lease lease = _readers.Rent(cancel);
        return new(lease.Reader.Journal.GetSetting(key));
    }

    /// <inheritdoc/>
    public ValueTask<NamespaceTotals> GetTotalsAsync(CancellationToken cancel = default)
    {
        Tallies tallies = _writer.Tallies;
        return new(new NamespaceTotals(tallies.Inodes, tallies.Bytes));
    }

    /// <summary>Flushes, empties the log into the database and lets another process have it.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? new ValueTask(Task.Run(Close)) : ValueTask.CompletedTask;

    private static SqliteMetadataStore Open(SqliteStoreOptions options, TimeProvider time, ILogger logger)
    {
        string path = Path.GetFullPath(options.Path);
        StoreOpening opening = new(options, time, logger);
        SafeFileHandle lockFile = opening.Lock();
        Database? database = null;
        try
        {
            database = opening.OpenWriter();
            SqliteMetadataStore store = new(options, lockFile, opening, database, logger);
            StoreLog.Opened(logger, path, Migration.All[^1].Version, store._writer.Tallies.Inodes);
            return store;
        }
        catch
        {
            database?.Dispose();
            StateFile.Unlock(lockFile);
            throw;
        }
    }

    // After a crash the totals are near; counting them reads every inode, beside whatever else goes on.
    private void Recount()
    {
        try
        {
            using Database reader = _opening.OpenReader();
            _writer.Recount(reader);
        }
        catch (MetadataStoreException error)
        {
            StoreLog.RecountFailed(_logger, error, _path);
        }
    }

    private void Close()
    {
        _recount.Wait();
        _readers.Dispose();
        try
        {
            if (_writer.Failure is null)
                _ids.Close();
        }
        catch (MetadataStoreException error)
        {
            // The numbers stay reserved: a gap, nothing else.
            StoreLog.CloseFailed(_logger, error, _path);
        }

        _flusher.Stop();
        try
        {
            _checkpointer.Stop();
        }
        catch (MetadataStoreException error)
        {
            // The log stays and is replayed by the next open.
            StoreLog.CloseFailed(_logger, error, _path);
        }

        _flusher.Dispose();
        _checkpointer.Dispose();
        _writer.Dispose();
        StateFile.Unlock(_lock);
    }
}
