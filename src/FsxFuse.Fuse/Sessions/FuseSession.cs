using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Fuse;

/// <summary>Serves one mount: its reader threads, from the INIT exchange to the unmount. Disposing it unmounts.</summary>
public sealed class FuseSession : IDisposable, IAsyncDisposable
{
    private readonly FuseMount? _mount;
    private readonly FuseFileSystem _fileSystem;
    private readonly ConnectionOptions _options;
    private readonly ILogger _logger;
    private readonly RequestPool _pool;
    private readonly Dispatcher _dispatcher;
    private readonly TaskCompletionSource<SessionEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _readers;
    private int _started;
    private int _disposed;
    private int _firstError;
    private bool _abortRequested;

    /// <summary>Prepares to serve a mount.</summary>
    /// <param name="mount">The mount; belongs to the session from now on.</param>
    /// <param name="fileSystem">Answers the requests.</param>
    /// <param name="options">What to negotiate and how to serve.</param>
    /// <param name="logger">Where to log.</param>
    public FuseSession(FuseMount mount, FuseFileSystem fileSystem, ConnectionOptions? options = null, ILogger? logger = null)
        : this(new DeviceChannel((mount ?? throw new ArgumentNullException(nameof(mount))).Device), mount, fileSystem, options, logger)
    {
    }

    internal FuseSession(FuseChannel channel, FuseMount? mount, FuseFileSystem fileSystem, ConnectionOptions? options, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        _options = options ?? new ConnectionOptions();
        _options.Validate();
        _mount = mount;
        _fileSystem = fileSystem;
        _logger = logger ?? NullLogger.Instance;

        // The kernel wants room for 80 + max_write and at least 8 KiB; extended attributes need 64 KiB.
        _pool = new RequestPool(channel, Math.Max(_options.MaxWrite, 128 << 10), _options.ResidentBuffers, _logger);
        Notifier = new Notifier(channel, _options.NotifierThreads, _logger);
        _dispatcher = new Dispatcher(channel, fileSystem, _options, _pool, Notifier, _logger);
    }

    /// <summary>The mount being served.</summary>
    public FuseMount Mount => _mount ?? throw new InvalidOperationException("This session has no mount.");

    /// <summary>The connection; null before <see cref="StartAsync"/> has completed.</summary>
    public FuseConnection? Connection => _dispatcher.Initialized.IsCompletedSuccessfully ? _dispatcher.Initialized.Result : null;

    /// <summary>Tells the kernel to drop what it has cached.</summary>
    public Notifier Notifier { get; }

    /// <summary>Completes when the session has ended, no request is running any more and <see cref="FuseFileSystem.Destroy"/> has returned.</summary>
    public Task<SessionEnd> Completion => _completion.Task;

    /// <summary>Why the session failed, when it ended with <see cref="SessionEnd.Failed"/>.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Requests that await their reply.</summary>
    public int InFlight => _pool.InFlight;

    /// <summary>Requests received so far.</summary>
    public OperationCounts Operations => _dispatcher.Operations;

    internal int LentBuffers => _pool.Lent;

    /// <summary>Mounts and prepares to serve.</summary>
    /// <param name="fileSystem">Answers the requests.</param>
    /// <param name="mountOptions">Where and how to mount.</param>
    /// <param name="options">What to negotiate and how to serve.</param>
    /// <param name="logger">Where to log.</param>
    /// <exception cref="FuseException">The mount failed.</exception>
    public static FuseSession Create(FuseFileSystem fileSystem, MountOptions mountOptions, ConnectionOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        (options ?? new ConnectionOptions()).Validate();
        FuseMount mount = FuseMount.Mount(mountOptions);
        return new FuseSession(mount, fileSystem, options, logger);
    }

    /// <summary>Starts the reader threads and waits for the INIT exchange.</summary>
    /// <param name="cancellationToken">Gives up waiting; the session goes on.</param>
    /// <returns>The connection. From now on the mount answers.</returns>
    /// <exception cref="NotSupportedException">The kernel is too old.</exception>
    /// <exception cref="FuseException">The session ended before the exchange.</exception>
    public async Task<FuseConnection> StartAsync(CancellationToken cancellationToken = default)
    {
        Start();
        Task<FuseConnection> initialized = _dispatcher.Initialized;
        await Task.WhenAny(initialized, Completion).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!initialized.IsCompleted)
        {
            throw new FuseException($"the session ended before it began ({await Completion.ConfigureAwait(false)})", (Errno)_firstError);
        }

        FuseConnection connection = await initialized.ConfigureAwait(false);
        ApplyReadAhead();
        return connection;
    }

    /// <summary>Serves until the session ends; the calling thread waits.</summary>
    /// <returns>How it ended.</returns>
    public SessionEnd Run()
    {
        StartAsync().GetAwaiter().GetResult();
        return Completion.GetAwaiter().GetResult();
    }

    /// <summary>Unmounts, which ends the session once nothing on it is in use.</summary>
    /// <param name="mode">What to do if it is in use.</param>
    /// <exception cref="FuseException">EBUSY if it is in use.</exception>
    public void Unmount(UnmountMode mode = UnmountMode.Normal) => _mount?.Unmount(mode);

    /// <summary>Ends the session at once, callers included; see <see cref="FuseMount.Abort"/>.</summary>
    public void Abort()
    {
        Volatile.Write(ref _abortRequested, true);
        _mount?.Abort();
    }

    /// <summary>Unmounts, waits for the end, and frees everything.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Unmounts, waits for the end, and frees everything. What is in use is cut off: the unmount becomes lazy and the connection is aborted.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_mount is not null && !Completion.IsCompleted)
        {
            // Off the caller's context: the kernel syncs through the readers while it unmounts.
            await Task.Run(EndMount).ConfigureAwait(false);
        }

        if (Volatile.Read(ref _started) != 0)
        {
            try
            {
                await Completion.WaitAsync(_options.DrainTimeout * 2, _options.TimeProvider).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // An ordinary user without fusectl cannot cut callers off: the readers stay until the last of them leaves.
                FuseLog.NotDrained(_logger, _pool.InFlight, _options.DrainTimeout * 2);
            }
        }

        Notifier.Dispose();
        _pool.Close();
        _mount?.Dispose();
    }

    private void EndMount()
    {
        if (_mount!.IsMounted && TryEnd(() => Unmount()))
        {
            return;
        }

        // The number of a connection that has ended may already be another's: abort only what still has its readers.
        if (Volatile.Read(ref _started) != 0 && Volatile.Read(ref _firstError) == 0)
        {
            TryEnd(Abort);
        }

        TryEnd(() => Unmount(UnmountMode.Lazy));
    }

    private bool TryEnd(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (FuseException exception)
        {
            FuseLog.EndFailed(_logger, exception.Message);
            return false;
        }
    }

    private void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            return;
        }

        if (_options.Resume is { } protocol)
        {
            _dispatcher.Resume(protocol);
        }

        _readers = _options.EffectiveReaderThreads;
        for (int i = 0; i < _options.EffectiveReaderThreads; i++)
        {
            new Thread(Read) { IsBackground = true, Name = $"fuse-reader-{i}" }.Start();
        }
    }

    private void Read()
    {
        Errno error;
        try
        {
            error = _dispatcher.Serve();
        }
#pragma warning disable CA1031 // Only memory shortage or a defect of this library comes here; the session must end, not the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            FuseLog.CallbackThrew(_logger, exception);
            Failure ??= exception;
            error = Errno.EIO;
        }

        Interlocked.CompareExchange(ref _firstError, (int)error, 0);
        if (Interlocked.Decrement(ref _readers) == 0)
        {
            _ = FinishAsync();
        }
    }

    private async Task FinishAsync()
    {
        _pool.InterruptAll();
        try
        {
            await _pool.DrainAsync().WaitAsync(_options.DrainTimeout, _options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            FuseLog.NotDrained(_logger, _pool.InFlight, _options.DrainTimeout);
        }

        SessionEnd end = Classify();
        Notifier.Dispose();
        if (_dispatcher.WasTold)
        {
            try
            {
                _fileSystem.Destroy();
            }
#pragma warning disable CA1031 // The end is reported whatever the file system does about it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                FuseLog.CallbackThrew(_logger, exception);
            }
        }

        FuseLog.SessionEnded(_logger, _mount?.MountPoint ?? "", end);
        _completion.TrySetResult(end);
    }

    private SessionEnd Classify()
    {
        if (_dispatcher.Initialized.IsFaulted)
        {
            Failure ??= _dispatcher.Initialized.Exception.InnerException;
            return SessionEnd.Failed;
        }

        Errno error = (Errno)_firstError;
        switch (error)
        {
            case Errno.ENODEV when Failure is null:
                // Only an abort by fusectl is reported as one; a forced unmount that found the mount in use leaves it there, dead.
                if (Volatile.Read(ref _abortRequested) || _mount is { IsMounted: true })
                {
                    return SessionEnd.Aborted;
                }

                _mount?.MarkUnmounted();
                return SessionEnd.Unmounted;
            case Errno.ECONNABORTED when Failure is null:
                return SessionEnd.Aborted;
            default:
                FuseLog.DeviceFailed(_logger, error);
                Failure ??= new FuseException("reading the device failed", error);
                return SessionEnd.Failed;
        }
    }

    private void ApplyReadAhead()
    {
        if (_options.ReadAheadKib == 0 || _mount is null)
        {
            return;
        }

        try
        {
            _mount.SetReadAhead(_options.ReadAheadKib);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FuseLog.ReadAheadFailed(_logger, exception.Message);
        }
    }
}
