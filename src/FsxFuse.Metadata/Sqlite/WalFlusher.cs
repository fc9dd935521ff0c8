using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>
/// Makes commits durable without stopping them: a thread that fsyncs the log file on its own descriptor, once for everyone who waits.
/// <para>
/// Why that is enough (sqlite.org/wal.html, synchronous=NORMAL). A commit that has returned has written all its frames to the log, with a
/// checksum chained over every frame before them. Either the log has not started over since: then one fdatasync of that file makes its
/// header, all earlier frames and these durable, and recovery replays them. Or it has: it starts over only after a checkpoint copied
/// every frame to the database file, having synced the log before the first copy and the database file after the last; and the new
/// header is synced before the first new frame, so that no mixture of old and new frames is ever replayed. The log file is made before
/// the store is used, its name synced by then, and neither replaced nor removed while a connection is open.
/// </para>
/// </summary>
internal sealed class WalFlusher : IDisposable
{
    private readonly Writer _writer;
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private long _durable;
    private long _flushes;
    private volatile bool _stop;

    public WalFlusher(Writer writer, string walPath, TimeSpan interval, ILogger logger)
    {
        _writer = writer;
        _path = walPath;
        // Opened once: the kernel reports a failed write-back to every descriptor that was open when it happened.
        _file = StateFile.Open(walPath);
        _interval = interval;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = "metadata-flush" };
    }

    /// <summary>fsyncs so far.</summary>
    public long Flushes => Volatile.Read(ref _flushes);

    /// <summary>Work done on this thread after each round: reserving numbers ahead.</summary>
    public Action? AfterRound { get; set; }

    public void Start() => _thread.Start();

    /// <summary>Completes when every commit that had returned before the call is durable. Those who ask during a flush share the next one.</summary>
    public ValueTask SyncAsync(CancellationToken cancel)
    {
        if (_writer.Failure is { } failure)
            return ValueTask.FromException(failure);
        if (Volatile.Read(ref _durable) >= _writer.Commits)
            return ValueTask.CompletedTask;
        Task waiting;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stop, typeof(SqliteMetadataStore));
            _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = _waiting.Task;
        }

        _wake.Set();
        return new ValueTask(waiting.WaitAsync(cancel));
    }

    /// <summary>Flushes on the caller's thread.</summary>
    public void Flush()
    {
        long commits = _writer.Commits;
        if (Volatile.Read(ref _durable) >= commits)
            return;
        try
        {
            StateFile.Sync(_file, _path);
        }
        catch (MetadataStoreException error)
        {
            StoreLog.FlushFailed(_logger, error, _path);
            _writer.Fail(new MetadataStoreException(error.Failure, error.Message + " What was committed last may be lost; mount again.", error));
            throw;
        }

        Interlocked.Increment(ref _flushes);
        // Only forward: another thread's flush that began later may have finished first.
        long durable;
        while ((durable = Volatile.Read(ref _durable)) < commits && Interlocked.CompareExchange(ref _durable, commits, durable) != durable)
        {
        }
    }

    /// <summary>Wakes the thread for <see cref="AfterRound"/>.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Ends the thread after a last flush.</summary>
    public void Stop()
    {
        lock (_lock)
            _stop = true;
        _wake.Set();
        if (_thread.IsAlive)
            _thread.Join();
    }

    /// <summary>Closes its descriptor; after <see cref="Stop"/>.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        bool last;
        do
        {
            _wake.WaitOne(_interval);
            last = _stop;
            TaskCompletionSource? waiting;
            lock (_lock)
            {
                waiting = _waiting;
                _waiting = null;
            }

            try
            {
                Flush();
                waiting?.SetResult();
            }
            catch (MetadataStoreException error)
            {
                waiting?.SetException(error);
            }

            if (!last && _writer.Failure is null)
                AfterRound?.Invoke();
        }
        while (!last);
    }
}
