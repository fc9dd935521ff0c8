using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// Copies the log into the database file on a thread of its own, so that no commit pays for it, and keeps the log near its limit. A
/// passive checkpoint runs beside commits; only when commits outrun it, and the log is beyond its limit, they wait for the remainder.
/// <para>
/// SQLite before 3.51.3 can lose frames when a checkpoint starts, a commit meanwhile starts the log over because an earlier
/// checkpoint had finished all of it, and the first goes on with the old header (sqlite.org/wal.html#walresetbug). That is excluded here: only
/// this class runs checkpoints, and it starts one only after a commit that began after the end of the one before. That commit has
/// either started the log over or added to it; in both cases frames remain to be copied, and with those no commit can start it over.
/// </para>
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    private const int PageSize = 4096;
    private const int HardFactor = 4;

    private readonly Writer _writer;
    private readonly Database _database;
    private readonly ILogger _logger;
    private readonly int _limitFrames;
    private readonly int _dueFrames;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _stop;
    private readonly ManualResetEventSlim _idle = new(true);
    private int _pagesAtEnd;
    private int _framesAtEnd;
    private long _commitsAtEnd;
    private bool _signalled;
    private long _checkpoints;
    private long _stalls;

    public Checkpointer(Writer writer, Database database, long maxWalBytes, ILogger logger)
    {
        _writer = writer;
        _database = database;
        _logger = logger;
        _limitFrames = (int)Math.Clamp(maxWalBytes / PageSize, 256, int.MaxValue);
        _dueFrames = _limitFrames / 2;
        _thread = new Thread(Run) { IsBackground = true, Name = "metadata-checkpoint" };
        writer.Committed = OnCommitted;
    }

    public long Checkpoints => Volatile.Read(ref _checkpoints);

    public long Stalls => Volatile.Read(ref _stalls);

    public void Start() => _thread.Start();

    /// <summary>
    /// Before a commit, outside the writer's lock: waits for the round that is due or under way when the log has grown to four times
    /// its limit. When that round cannot help (a backup holds a snapshot, the disk is full) commits go on and the log grows.
    /// </summary>
    public void WaitForRoom()
    {
        if (!_idle.IsSet && LogFrames() > HardFactor * (long)_limitFrames)
            _idle.Wait(TimeSpan.FromSeconds(1));
    }

    /// <summary>Ends the thread and empties the log.</summary>
    public void Stop()
    {
        _stop = true;
        _wake.Set();
        if (_thread.IsAlive)
            _thread.Join();
        if (_writer.Failure is null)
            _writer.Exclusively(() => _database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE));
    }

    /// <summary>Closes its connection; after <see cref="Stop"/>.</summary>
    public void Dispose()
    {
        _wake.Dispose();
        _idle.Dispose();
        _database.Dispose();
    }

    // Under the writer's lock.
    private void OnCommitted()
    {
        if (_signalled || unchecked(_writer.PagesWritten - _pagesAtEnd) < _dueFrames)
            return;
        _signalled = true;
        _idle.Reset();
        _wake.Set();
    }

    // What the log holds now; a hint, as both numbers move.
    private long LogFrames() => (long)Volatile.Read(ref _framesAtEnd) + unchecked(_writer.PagesWritten - Volatile.Read(ref _pagesAtEnd));

    private void Run()
    {
        // An idle store is brought home too, so that a restart finds little to replay.
        TimeSpan idle = TimeSpan.FromSeconds(5);
        while (true)
        {
            _wake.WaitOne(idle);
            if (_stop)
                return;
            try
            {
                Round();
            }
            catch (MetadataStoreException error)
            {
                StoreLog.CheckpointFailed(_logger, error, _database.Path);
                Note(_framesAtEnd);
            }
            finally
            {
                _idle.Set();
            }
        }
    }

    private void Round()
    {
        if (PassiveRound() < _limitFrames)
            return;
        PassiveRound();

        // Beside commits the log never becomes empty. What came in during the last round is little: commits wait while it is copied, and
        // RESTART waits for readers to leave the log, so that the next commit starts it over whatever they do.
        Interlocked.Increment(ref _stalls);
        _writer.Exclusively(() =>
        {
            (int frames, int done) = _database.Checkpoint(raw.SQLITE_CHECKPOINT_RESTART);
            Note(done == frames ? 0 : frames);
            return done;
        });
    }

    // The frames in the log, or -1 when nothing was committed since the last one.
    private int PassiveRound()
    {
        // After a failed flush the log's bytes cannot be trusted: they are not brought into the database file.
        if (_writer.Commits == _commitsAtEnd || _writer.Failure is not null)
            return -1;
        (int frames, _) = _database.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
        Note(frames);
        return frames;
    }

    private void Note(int frames)
    {
        Interlocked.Increment(ref _checkpoints);
        _writer.Exclusively(() =>
        {
            _framesAtEnd = frames;
            _commitsAtEnd = _writer.Commits;
            _pagesAtEnd = _writer.PagesWritten;
            return _signalled = false;
        });
    }
}
