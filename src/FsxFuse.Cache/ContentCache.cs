using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Cache;

/// <summary>
/// The contents of one file system on one tier. Thread-safe. Its table lock is a leaf: taken with any other lock held, and nothing
/// is taken or waited for under it.
/// </summary>
public sealed class ContentCache : IAsyncDisposable
{
    private readonly Lock _table = new();
    private readonly Dictionary<long, Entry> _open = [];
    private readonly CacheParts _parts;
    private readonly BootRecord _boots;
    private readonly Recovery _recovery;
    private readonly IDisposable _subscription;
    private readonly CancellationTokenSource _stop = new();
    private bool _recovered;

    /// <summary>Makes the cache and its directory; <see cref="RecoverAsync"/> comes next.</summary>
    /// <exception cref="CacheException">The directory cannot be used.</exception>
    public ContentCache(IMetadataStore store, IContentSource source, TierOptions tier, MemoryBudget memory, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(tier);
        ArgumentNullException.ThrowIfNull(memory);
        if (memory.Limit < 4 * PageMap.PageSize)
            throw new ArgumentOutOfRangeException(nameof(memory), "The memory budget must be at least 16 KiB.");
        if (tier.RandomFetch < PageMap.PageSize || !System.Numerics.BitOperations.IsPow2(tier.RandomFetch))
            throw new ArgumentOutOfRangeException(nameof(tier), "RandomFetch must be a power of two of at least 4 KiB.");
        BootId = tier.BootId ?? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var files = new TierFiles(tier);
        _parts = new CacheParts
        {
            Store = store,
            Source = source,
            Tier = tier,
            Files = files,
            Memory = memory,
            Time = time,
            Logger = logger,
            Counters = Counters,
            Removal = new FileRemoval(store, files, Counters, logger),
            Boot = BootId,
            Origin = this,
            Stopping = _stop.Token,
            Unsynced = new UnsyncedContents(),
        };
        _boots = new BootRecord(store, this, BootId);
        _recovery = new Recovery(_parts, _boots);
        Upkeep = new Upkeep(this, _parts);
        Release = new AutomaticRelease(this, _parts);
        _parts.Release = Release;
        _subscription = store.Subscribe(OnCommitted);
    }

    /// <summary>The boot id that new rows carry in <see cref="ContentRow.UnsyncedBoot"/>.</summary>
    public string BootId { get; }

    /// <summary>What the cache did so far.</summary>
    public CacheCounters Counters { get; } = new();

    /// <summary>
    /// Crash recovery, before the first request: folds size and mtime of contents that were being written into their inodes and, after
    /// a power loss, drops what may not have reached the disk. Then starts, in the background, the scan that counts the space used and removes files
    /// that belong to nothing.
    /// </summary>
    /// <exception cref="MetadataStoreException">The store failed.</exception>
    public async Task RecoverAsync(CancellationToken cancel)
    {
        await _boots.BeginAsync(cancel).ConfigureAwait(false);
        await _recovery.RunAsync(cancel).ConfigureAwait(false);
        _recovered = true;
        Upkeep.Start();
        Release.Start();
    }

    /// <summary>The row of a new, empty content that is being written from the start, for the commit that creates it; then <see cref="Attach"/> it.</summary>
    public ContentRow NewContent(long id, long inode) => new()
    {
        Id = id,
        Inode = inode,
        Version = 1,
        Flags = ContentFlags.Cached | ContentFlags.Complete | ContentFlags.Dirty | ContentFlags.Writing,
        DirtyVersion = 1,
        UnsyncedBoot = BootId,
    };

    /// <summary>Opens a content: the one object all share, with one more reference. Completes at once when it is open, or the store is embedded.</summary>
    /// <exception cref="CacheException">ENOENT when there is no such row; EIO when its bytes are lost or the store failed.</exception>
    public ValueTask<Content> OpenAsync(long contentId, CancellationToken cancel)
    {
        lock (_table)
        {
            if (_open.TryGetValue(contentId, out Entry? entry) && entry.Content is { } content)
            {
                content.References++;
                return new ValueTask<Content>(content);
            }
        }

        return OpenSlowAsync(contentId, cancel);
    }

    /// <summary>
    /// Opens the content of a row the caller just committed, without reading the store. The row is complete (a new file) or not cached
    /// (just imported): it has no block maps.
    /// </summary>
    public Content Attach(ContentRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if ((row.Flags & (ContentFlags.Cached | ContentFlags.Complete)) == ContentFlags.Cached)
            throw new ArgumentException("A partial content has block maps: open it.", nameof(row));
        lock (_table)
        {
            if (_open.TryGetValue(row.Id, out Entry? entry) && entry.Content is { } open)
            {
                open.Rows.Observe(row);
                open.References++;
                return open;
            }
        }

        long bytes = 0;
        SafeFileHandle? file = (row.Flags & ContentFlags.Cached) != 0 ? _parts.Files.Open(row.Id, out bytes) : null;
        var content = new Content(this, _parts, row, new PageMap(), file, bytes);
        lock (_table)
        {
            if (_open.TryGetValue(row.Id, out Entry? entry) && entry.Content is { } open)
            {
                file?.Dispose();
                open.Rows.Observe(row);
                open.References++;
                return open;
            }

            _open[row.Id] = new Entry { Content = content };
            return content;
        }
    }

    /// <summary>The content's row was deleted by a commit: its file is removed once that commit is on stable storage, in the background.</summary>
    public void Discard(long contentId)
    {
        lock (_table)
        {
            if (_open.TryGetValue(contentId, out Entry? entry))
                entry.Content?.Rows.MarkGone();
        }

        _parts.Removal.Discard(contentId);
    }

    /// <summary>Space of the tier.</summary>
    /// <exception cref="CacheException">The device does not answer (EIO).</exception>
    public CacheUsage GetUsage() => _parts.Files.GetUsage();

    /// <summary>When contents are released by themselves; may change at any time.</summary>
    public ReleaseRule ReleaseRule
    {
        get => Release.Rule;
        set => Release.Rule = value;
    }

    /// <summary>What automatic release did and does.</summary>
    public ReleaseProgress ReleaseProgress => Release.Progress;

    /// <summary>True while somebody has it open (a load under way counts).</summary>
    public bool IsOpen(long contentId)
    {
        lock (_table)
            return _open.ContainsKey(contentId);
    }

    /// <summary>
    /// Stops: waits for loads under way, flushes the tier and the store, and notes the clean stop, so that the next start trusts what is cached also
    /// after a reboot. Contents still open keep working on what is resident.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await Upkeep.WhenStoppedAsync().ConfigureAwait(false);
        await Release.WhenStoppedAsync().ConfigureAwait(false);
        await _parts.WhenIdleAsync().ConfigureAwait(false);
        await _parts.Removal.WhenDoneAsync().ConfigureAwait(false);
        _subscription.Dispose();
        try
        {
            if (_recovered)
            {
                await Task.Run(_parts.Files.SyncAll).ConfigureAwait(false);
                await _boots.EndAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is MetadataStoreException or CacheException)
        {
            // No clean stop then: the next start is careful.
            CacheLog.BackgroundFailed(_parts.Logger, e.Message, e);
        }

        _stop.Dispose();
    }

    internal Upkeep Upkeep { get; }

    internal AutomaticRelease Release { get; }

    internal void AddReference(Content content)
    {
        lock (_table)
            content.References++;
    }

    internal void Drop(Content content)
    {
        lock (_table)
        {
            if (--content.References > 0)
                return;
            if (content.References < 0)
                throw new ObjectDisposedException(nameof(Content), $"Content {content.Id} was disposed more often than opened.");
            _open.Remove(content.Id);
        }

        content.NoteUse();
        content.CloseFile();
    }

    private async ValueTask<Content> OpenSlowAsync(long id, CancellationToken cancel)
    {
        while (true)
        {
            Entry? entry;
            bool mine = false;
            lock (_table)
            {
                if (!_open.TryGetValue(id, out entry))
                {
                    mine = true;
                    _open[id] = entry = new Entry { Opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
                }
                else if (entry.Content is { } content)
                {
                    content.References++;
                    return content;
                }
            }

            if (mine)
                return await OpenEntryAsync(id, entry, cancel).ConfigureAwait(false);
            await entry.Opened!.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask<Content> OpenEntryAsync(long id, Entry entry, CancellationToken cancel)
    {
        Content? content = null;
        try
        {
            content = await LoadAsync(id, cancel).ConfigureAwait(false);
            return content;
        }
        catch (MetadataStoreException e)
        {
            throw new CacheException(Errno.EIO, $"Content {id} could not be opened: {e.Message}", e);
        }
        finally
        {
            lock (_table)
            {
                if (content is not null)
                {
                    if (entry.Newer is { } newer)
                        content.Rows.Observe(newer);
                    entry.Content = content;
                }
                else
                {
                    _open.Remove(id);
                }
            }

            entry.Opened!.TrySetResult();
        }
    }

    private async ValueTask<Content> LoadAsync(long id, CancellationToken cancel)
    {
        ContentRow row = await _parts.Store.GetContentAsync(id, cancel).ConfigureAwait(false)
            ?? throw new CacheException(Errno.ENOENT, $"There is no content {id}.");
        long bytes = 0;
        SafeFileHandle? file = (row.Flags & ContentFlags.Cached) != 0 ? _parts.Files.Open(id, out bytes) : null;
        try
        {
            ContentRow usable = await _recovery.CheckAsync(row, file is not null, cancel).ConfigureAwait(false);
            if ((usable.Flags & ContentFlags.Cached) == 0)
            {
                file?.Dispose();
                file = null;
            }

            bool partial = (usable.Flags & (ContentFlags.Cached | ContentFlags.Complete)) == ContentFlags.Cached;
            PageMap map = partial ? PageMap.FromRows(await _parts.Store.GetBlockMapsAsync(id, cancel).ConfigureAwait(false)) : new PageMap();
            return new Content(this, _parts, usable, map, file, bytes);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    // From the committing thread: takes note only.
    private void OnCommitted(Batch batch)
    {
        if (ReferenceEquals(batch.Origin, this))
            return;
        foreach (RowWrite write in batch.Writes)
        {
            if (write is not RowWrite.PutContent { Row: var row })
                continue;
            lock (_table)
            {
                if (!_open.TryGetValue(row.Id, out Entry? entry))
                    continue;
                if (entry.Content is { } content)
                    content.Rows.Observe(row);
                else if (entry.Newer is null || entry.Newer.Version < row.Version)
                    entry.Newer = row;
            }
        }
    }

    /// <summary>A content that is open, or being opened. Guarded by the table lock.</summary>
    private sealed class Entry
    {
        public Content? Content { get; set; }

        public TaskCompletionSource? Opened { get; init; }

        /// <summary>Committed by somebody else while it was being opened.</summary>
        public ContentRow? Newer { get; set; }
    }
}
