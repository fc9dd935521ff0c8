using Microsoft.Extensions.Logging;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// The one writing connection. Its lock orders the commits; whatever changes rows, and a checkpoint that must not race with a commit, runs
/// under it. No file is synced under it except the 32-byte header of a log that starts over.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Database _database;
    private readonly ChangeFeed _feed;
    private readonly GuardCheck _guards;
    private readonly WriteApply _writes;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _setEpoch;
    private readonly Statement _setNextId;
    private long _commits;
    private long _failedGuards;
    private long _treeEpoch;
    private long _nextId;
    private Tallies _tallies;
    private bool _totalsExact;
    private MetadataStoreException? _failure;
    private bool _closed;

    public Writer(Database database, ILogger logger)
    {
        _database = database;
        _feed = new ChangeFeed(logger);
        _guards = new GuardCheck(database);
        _writes = new WriteApply(database);
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _rollback = database.Prepare("ROLLBACK");
        _setEpoch = database.Prepare("UPDATE counter SET tree_epoch = ?1 WHERE id = 1");
        _setNextId = database.Prepare("UPDATE counter SET next_id = ?1, inodes = ?2, bytes = ?3, totals_exact = ?4 WHERE id = 1");
        _nextId = database.QueryInt64("SELECT next_id FROM counter");
        _totalsExact = database.QueryInt64("SELECT totals_exact FROM counter") != 0;
        _treeEpoch = database.QueryInt64("SELECT tree_epoch FROM counter");
        _tallies = new Tallies(
            database.QueryInt64("SELECT inodes FROM counter"),
            database.QueryInt64("SELECT bytes FROM counter"),
            database.QueryInt64("SELECT COUNT(*) FROM export"),
            database.QueryInt64("SELECT COUNT(*) FROM export WHERE attempts > 0"));
    }

    public ChangeFeed Feed => _feed;

    /// <summary>Transactions committed; one more only after its commit is visible to readers.</summary>
    public long Commits => Volatile.Read(ref _commits);

    public long FailedGuards => Volatile.Read(ref _failedGuards);

    public long TreeEpoch => Volatile.Read(ref _treeEpoch);

    /// <summary>Pages written to the log so far; wraps, so only differences mean something. Read it under the lock or as a hint.</summary>
    public int PagesWritten { get; private set; }

    /// <summary>Called under the lock after each commit; must be quick.</summary>
    public Action? Committed { get; set; }

    public Tallies Tallies
    {
        get
        {
            lock (_lock)
                return _tallies;
        }
    }

    public CommitResult Commit(Batch batch)
    {
        IReadOnlyList<Guard> guards = batch.Guards;
        IReadOnlyList<RowWrite> writes = batch.Writes;
        if (batch.IsEmpty)
            return default;
        lock (_lock)
        {
            ThrowIfUnusable();
            _begin.Run();
            bool raisesEpoch = false;
            Tallies change = default;
            try
            {
                for (int i = 0; i < guards.Count; i++)
                {
                    Guard guard = guards[i];
                    if (!_guards.Holds(guard, _treeEpoch))
                    {
                        _rollback.Run();
                        Volatile.Write(ref _failedGuards, _failedGuards + 1);
                        return new CommitResult(guard);
                    }

                    raisesEpoch |= guard is Guard.TreeEpoch;
                }

                for (int i = 0; i < writes.Count; i++)
                    change += _writes.Apply(writes[i]);
                if (raisesEpoch)
                    _setEpoch.Bind(1, _treeEpoch + 1).Run();
                _commit.Run();
            }
            catch
            {
                RollBack();
                throw;
            }

            _tallies += change;
            if (raisesEpoch)
                Volatile.Write(ref _treeEpoch, _treeEpoch + 1);
            NoteCommitted();
            if (writes.Count > 0)
                _feed.Publish(batch);
            return default;
        }
    }

    /// <summary>Reserves <paramref name="count"/> numbers and returns the first. They may be given out once this commit is durable.</summary>
    public long ReserveIds(long count)
    {
        lock (_lock)
        {
            ThrowIfUnusable();
            long first = _nextId;
            SetNextId(first + count, totalsExact: false);
            return first;
        }
    }

    /// <summary>When the store closes: gives back numbers that were reserved but never used, and notes the totals as they are.</summary>
    public void NoteAtClose(long firstUnusedId)
    {
        lock (_lock)
        {
            if (_failure is null)
                SetNextId(firstUnusedId, _totalsExact);
        }
    }

    /// <summary>
    /// Counts the totals anew if they are only near: they are written down now and then and at a clean close, as a page of the log for each
    /// commit would be a high price. The sums of the snapshot replace what was thought of it; commits since then are in both.
    /// </summary>
    public void Recount(Database reader)
    {
        if (_totalsExact)
            return;
        Tallies thought = Exclusively(() =>
        {
            reader.Execute("BEGIN");
            reader.QueryInt64("SELECT id FROM counter"); // the snapshot begins with the first read
            return _tallies;
        });
        long inodes = reader.QueryInt64("SELECT COUNT(*) FROM inode");
        long bytes = reader.QueryInt64("SELECT COALESCE(SUM(size), 0) FROM inode WHERE mode & 0xF000 = 0x8000");
        reader.EndRead();
        Exclusively(() =>
        {
            _tallies += new Tallies(inodes - thought.Inodes, bytes - thought.Bytes, 0, 0);
            return _totalsExact = true;
        });
    }

    /// <summary>Runs something while no commit can run.</summary>
    public T Exclusively<T>(Func<T> action)
    {
        lock (_lock)
            return action();
    }

    /// <summary>Takes no more commits: after a failed fsync the kernel may have dropped what was committed, so carrying on would build on sand.</summary>
    public void Fail(MetadataStoreException failure)
    {
        lock (_lock)
            _failure ??= failure;
    }

    /// <summary>The failure that ended the store, if any.</summary>
    public MetadataStoreException? Failure => Volatile.Read(ref _failure);

    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _closed = true;
            if (_failure is not null)
                _database.KeepLogAtClose();
            _database.Dispose();
        }
    }

    private void SetNextId(long value, bool totalsExact)
    {
        _begin.Run();
        try
        {
            _setNextId.Bind(1, value).Bind(2, _tallies.Inodes).Bind(3, _tallies.Bytes).Bind(4, totalsExact ? 1 : 0).Run();
            _commit.Run();
        }
        catch
        {
            RollBack();
            throw;
        }

        _nextId = value;
        NoteCommitted();
    }

    private void NoteCommitted()
    {
        Volatile.Write(ref _commits, _commits + 1);
        PagesWritten = _database.PagesWritten();
        Committed?.Invoke();
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(SqliteMetadataStore));
        if (_failure is not null)
            throw new MetadataStoreException(_failure.Failure, _failure.Message, _failure);
    }

    // Some errors (a full disk) have rolled the transaction back already.
    private void RollBack()
    {
        if (!_database.IsAutocommit)
            _rollback.Run();
    }
}
