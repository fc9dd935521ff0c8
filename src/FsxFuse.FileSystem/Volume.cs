using FsxFuse.Cache;
using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.FileSystem;

/// <summary>What every operation works on: the store, the cache, where missing names come from, and the nodes held.</summary>
internal sealed class Volume(
    IMetadataStore store,
    ContentCache cache,
    INamespaceSource source,
    FileSystemOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Longer than a listing ever takes from here to the kernel's caches.</summary>
    private const long ListingDelayNs = 5_000_000_000;

    private long _foreignChanges;
    private bool _hasXattrs = true;

    public IMetadataStore Store { get; } = store;

    public ContentCache Cache { get; } = cache;

    public INamespaceSource Source { get; } = source;

    public FileSystemOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    public NodeTable Nodes { get; } = new();

    /// <summary>False while no inode of this file system has an extended attribute: spares a look-up for every create and write.</summary>
    public bool HasXattrs
    {
        get => Volatile.Read(ref _hasXattrs);
        set => Volatile.Write(ref _hasXattrs, value);
    }

    /// <summary>Now, ns since 1970.</summary>
    public long NowNs => (Time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    /// <summary>
    /// Counts commits of others that changed names or inodes. What was read from the store before such a commit must not be given to
    /// the kernel for long: <see cref="TimeoutSince"/>.
    /// </summary>
    public long ForeignChanges => Interlocked.Read(ref _foreignChanges);

    /// <summary>Another part committed a change of names or inodes.</summary>
    public void CountForeignChange() => Interlocked.Increment(ref _foreignChanges);

    /// <summary>How long the kernel may keep what was read when <see cref="ForeignChanges"/> had that value.</summary>
    public TimeSpan TimeoutSince(long foreignChanges) => foreignChanges == ForeignChanges ? Options.CacheTimeout : TimeSpan.Zero;

    /// <summary>Tells the kernel to drop an inode's attributes; set when the connection is up.</summary>
    public Action<long>? DropAttributes { get; set; }

    /// <summary>
    /// A commit of ours merged times and links into a directory. The kernel drops its attributes when the request that did it is answered, but a
    /// listing of the directory above, on its way beside, would bring the old ones back for long.
    /// </summary>
    public void NamesChanged(Node directory)
    {
        directory.MarkStale();
        if (NowNs - directory.ListedNs < ListingDelayNs)
        {
            directory.ListedNs = 0;
            DropAttributes?.Invoke(directory.Id);
        }
    }

    /// <summary>A batch that the change feed knows as ours.</summary>
    public Batch NewBatch() => new(this);

    /// <summary>The node of an id the kernel gave.</summary>
    public ValueTask<Node?> GetNodeAsync(ulong nodeId)
    {
        return Nodes.TryGet((long)nodeId, out Node? node) ? new(node) : LoadAsync((long)nodeId);

        async ValueTask<Node?> LoadAsync(long id)
        {
            InodeRow? row = await Store.GetInodeAsync(id).ConfigureAwait(false);
            return row is null ? null : Nodes.Adopt(row);
        }
    }

    /// <summary>Brings a node's row up to date if a commit changed it behind our back.</summary>
    public ValueTask RefreshAsync(Node node)
    {
        return node.IsStale ? SlowlyAsync(node) : ValueTask.CompletedTask;

        async ValueTask SlowlyAsync(Node node) => await ReloadAsync(node).ConfigureAwait(false);
    }

    /// <summary>Reads a node's row again, after a guard on it failed. False when there is none any more.</summary>
    public async ValueTask<bool> ReloadAsync(Node node)
    {
        node.ClearStale();
        InodeRow? row = await Store.GetInodeAsync(node.Id).ConfigureAwait(false);
        if (row is not null)
        {
            node.Accept(row);
        }

        return row is not null;
    }

    /// <summary>The directory row of a node; null when it was removed or is no directory.</summary>
    public ValueTask<DirectoryRow?> GetDirectoryAsync(Node node)
    {
        return node.Directory is { } known ? new(known) : LoadAsync(node);

        async ValueTask<DirectoryRow?> LoadAsync(Node node)
        {
            int changes = node.DirectoryChanges;
            DirectoryRow? row = await Store.GetDirectoryAsync(node.Id).ConfigureAwait(false);
            node.LearnDirectory(row, changes);
            return row;
        }
    }

    /// <summary>The directory row of an id, from its node if that is held.</summary>
    public ValueTask<DirectoryRow?> GetDirectoryAsync(long id) =>
        Nodes.TryGet(id, out Node? node) ? GetDirectoryAsync(node) : Store.GetDirectoryAsync(id);

    /// <summary>
    /// Changes one inode: reads, changes, commits, and again if another commit came between. <paramref name="change"/> gets the
    /// row with live size and times folded in.
    /// </summary>
    public async ValueTask<Errno> ChangeAsync<TState>(Node node, TState state, Func<InodeRow, TState, InodeRow> change, Action<Batch, TState>? join = null)
    {
        await RefreshAsync(node).ConfigureAwait(false);
        while (true)
        {
            InodeRow row = node.Row;
            Batch batch = NewBatch();
            InodeRow stored = batch.Update(row, change(node.Current, state) with { Version = row.Version });
            join?.Invoke(batch, state);
            CommitResult result = await Store.CommitAsync(batch).ConfigureAwait(false);
            if (result.Committed)
            {
                node.Accept(stored);
                return Errno.None;
            }

            if (result.FailedGuard is not Guard.InodeVersion || await Store.GetInodeAsync(node.Id).ConfigureAwait(false) is not { } fresh)
            {
                return Errno.ENOENT;
            }

            node.Accept(fresh);
        }
    }
}
