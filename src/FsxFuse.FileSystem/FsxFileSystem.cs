using FsxFuse.Cache;
using FsxFuse.Fuse;
using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.FileSystem;

/// <summary>
/// The file system as the kernel sees it: each request is answered from the store and the cache, on the reader thread when nothing
/// must be waited for. POSIX rules are in the classes it hands requests to; here they are only translated.
/// </summary>
public sealed partial class FsxFileSystem : FuseFileSystem, IAsyncDisposable
{
    private readonly Volume _volume;
    private readonly ExportNotes _exports;
    private readonly NameLookup _names;
    private readonly NameCreation _creation;
    private readonly NameRemoval _removal;
    private readonly Linking _linking;
    private readonly Renaming _renaming;
    private readonly FileContents _contents;
    private readonly FileInputOutput _io;
    private readonly AttributeChanges _changes;
    private readonly ExtendedAttributes _xattrs;
    private readonly HsmRequests _hsm;
    private readonly Directories _directories;
    private readonly OrphanReaper _reaper;
    private readonly RestRetries _retries;
    private readonly AccessTimes _accessTimes;
    private readonly KernelCaches _kernel;
    private readonly HandleTable<OpenFile> _files = new();
    private readonly HandleTable<OpenDirectory> _openDirectories = new();
    private readonly IDisposable _feed;

    /// <summary>Puts a file system together. It owns neither the store nor the cache.</summary>
    /// <param name="store">The metadata.</param>
    /// <param name="cache">The contents.</param>
    /// <param name="source">Where names come from that were never loaded.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="hsm">Does what is asked about files' copies in the repository; null: nothing can be asked.</param>
    public FsxFileSystem(
        IMetadataStore store, ContentCache cache, INamespaceSource source, FileSystemOptions options, TimeProvider time, ILogger logger, IHsmAgent? hsm = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _volume = new Volume(store, cache, source, options, time, logger);
        _exports = new ExportNotes(_volume);
        _names = new NameLookup(_volume);
        AccessControlLists acls = new(_volume);
        _creation = new NameCreation(_volume, _exports, acls);
        _removal = new NameRemoval(_volume, _exports, _names);
        _linking = new Linking(_volume, _exports);
        _reaper = new OrphanReaper(_volume);
        _retries = new RestRetries(_volume);
        _contents = new FileContents(_volume, _exports, _reaper, _retries);
        _renaming = new Renaming(_volume, _exports, _names, _removal) { FlushContent = _contents.FlushAsync };
        _xattrs = new ExtendedAttributes(_volume, _exports);
        _hsm = new HsmRequests(_volume, hsm);
        _io = new FileInputOutput(_volume, _contents, _xattrs);
        _changes = new AttributeChanges(_volume, _exports, acls, _contents);
        _directories = new Directories(_volume, _names);
        _accessTimes = new AccessTimes(_volume);
        _kernel = new KernelCaches(_volume, _exports, _reaper);
        _feed = store.Subscribe(_kernel.OnCommitted);
    }

    /// <summary>
    /// What to ask of the kernel. Locks are not in it: fcntl and flock locks of one host are kept best by its own kernel, with every rule of
    /// deadlock, signals and close.
    /// </summary>
    public static FuseCapabilities Capabilities => (FuseCapabilities.Default & ~FuseCapabilities.AutoInvalidateData)
        | FuseCapabilities.ExplicitInvalidateData | FuseCapabilities.AtomicTruncate | FuseCapabilities.ExportSupport | FuseCapabilities.DontMask
        | FuseCapabilities.PosixAcl | FuseCapabilities.ReadDirPlus | FuseCapabilities.ReadDirPlusAuto | FuseCapabilities.HandleKillPrivV2
        | FuseCapabilities.CacheSymlinks;

    /// <summary>Reads what it must know and starts its background work. Before the mount.</summary>
    public async Task StartAsync()
    {
        await _exports.LoadAsync().ConfigureAwait(false);
        _volume.HasXattrs = await _volume.Store.HasXattrsAsync().ConfigureAwait(false);
        _reaper.Start();
        _retries.Start();
        _accessTimes.Start();
    }

    /// <inheritdoc/>
    public override void Init(FuseConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _kernel.Notifier = connection.Notifier;
        _volume.DropAttributes = id => connection.Notifier.InvalidateInode((ulong)id, -1);
    }

    /// <summary>Number of inodes the kernel or a handle holds.</summary>
    public int HeldInodes => _volume.Nodes.Count;

    /// <summary>When reads move access times.</summary>
    public AccessTimeRule AccessTimeRule
    {
        get => _accessTimes.Rule;
        set => _accessTimes.Rule = value;
    }

    /// <summary>Number of files and directories open.</summary>
    public int OpenHandles => _files.Count + _openDirectories.Count;

    /// <summary>Brings every file to rest and writes what is still in memory. After the session has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        _kernel.Notifier = null;
        _volume.DropAttributes = null;
        _feed.Dispose();
        foreach (OpenFile file in _files.Snapshot())
        {
            await _contents.ClosedAsync(file.Node, file.CanWrite).ConfigureAwait(false);
        }

        await _retries.DisposeAsync().ConfigureAwait(false);
        await _accessTimes.DisposeAsync().ConfigureAwait(false);
        await _reaper.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Sees an operation to its end. One that is done costs nothing; a failure is answered and, if unexpected, logged.</summary>
    private void Watch(ValueTask operation, PendingRequest request)
    {
        if (!operation.IsCompletedSuccessfully)
        {
            _ = WatchSlowly(operation, request);
        }
    }

    private async Task WatchSlowly(ValueTask operation, PendingRequest request)
    {
        try
        {
            await operation.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever goes wrong, the caller in the kernel must get an answer.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Errno errno = Failures.ToErrno(failure);
            if (errno == Errno.EIO)
            {
                LogFailed(_volume.Logger, failure);
            }
            else if (errno is not (Errno.EINTR or Errno.EFBIG))
            {
                LogRefused(_volume.Logger, errno, failure.Message);
            }

            request.Fail(errno);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed.")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request was answered {Errno}: {Reason}")]
    private static partial void LogRefused(ILogger logger, Errno errno, string reason);
}
