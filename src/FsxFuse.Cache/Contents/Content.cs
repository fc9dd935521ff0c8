using FsxFuse.Cache.Native;
using FsxFuse.Metadata;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Cache;

/// <summary>
/// One open content: shared by everybody who has it open, and thread-safe. Dispose drops one reference.
/// Locks, in this order: the content's gate (asynchronous; held across the write of loaded bytes, writes to a content that is not
/// complete, truncation, release and every commit of this content, so that a load never overwrites a written page); the use gate
/// (a count of the preads and pwrites under way; closed for release and rest); the content's lock (map and loads; never across I/O).
/// </summary>
public sealed class Content : IDisposable
{
    private const long AccountEvery = 64 << 20;

    // Exact enough for what was used last, and rare enough for files that are opened all the time.
    private const long UseGrainNs = 60_000_000_000;

    private readonly ContentCache _cache;
    private readonly CacheParts _parts;
    private readonly Loader _loader;
    private readonly Writer _writer;
    private readonly Lifecycle _lifecycle;
    private SafeFileHandle? _file;
    private long _accounted;
    private long _writtenSinceAccount;
    private int _unsyncedLoads;

    internal Content(ContentCache cache, CacheParts parts, ContentRow row, PageMap map, SafeFileHandle? file, long accounted)
    {
        _cache = cache;
        _parts = parts;
        Rows = new RowKeeper(parts.Store, parts.Origin, parts.Time, parts.Boot, row, map);
        _file = file;
        _accounted = accounted;
        _loader = new Loader(this, parts, Rows);
        _writer = new Writer(this, parts, Rows, _loader);
        _lifecycle = new Lifecycle(this, parts, Rows, _loader, _writer);
        NameUnsynced = row.UnsyncedBoot is not null;
    }

    /// <summary>The content's id.</summary>
    public long Id => Rows.Row.Id;

    /// <summary>The row as last committed.</summary>
    public ContentRow Row => Rows.Row;

    /// <summary>Logical size, bytes: st_size of the content file (also while the kernel writes it directly); without one, the length of the source.</summary>
    public long Length
    {
        get
        {
            SafeFileHandle? file = Volatile.Read(ref _file);
            if (file is not null)
            {
                try
                {
                    return DiskFile.Stat(file).Size;
                }
                catch (ObjectDisposedException)
                {
                    // Released in this very moment.
                }
            }

            ContentRow row = Row;
            return row.SourceLink == 0 ? 0 : Math.Min(row.SourceLength, Rows.SourceLimit);
        }
    }

    /// <summary>Bytes of the content that are in the cache: all, or whole 4 KiB pages.</summary>
    public long ResidentBytes
    {
        get
        {
            if (Volatile.Read(ref _file) is null)
                return 0;
            long length = Length;
            if (Rows.IsComplete)
                return length;
            lock (Rows.Lock)
                return Math.Min(length, Rows.Map.CountPresent() * PageMap.PageSize + Math.Max(0, length - Rows.SourceEnd));
        }
    }

    /// <summary>Every byte is in the content file, so that the kernel may read and write it directly.</summary>
    public bool IsComplete => Rows.IsComplete;

    internal RowKeeper Rows { get; }

    /// <summary>See the remarks on locks above.</summary>
    internal SemaphoreSlim Gate { get; } = new(1, 1);

    internal UseGate Uses { get; } = new();

    /// <summary>References held; guarded by the cache's table lock.</summary>
    internal int References { get; set; } = 1;

    /// <summary>The content file's name was not flushed yet.</summary>
    internal bool NameUnsynced { get; set; }

    /// <summary>The content file; null when there is none yet. Gate or use gate held.</summary>
    internal SafeFileHandle? File => _file;

    /// <summary>
    /// Reads resident data at once on the caller's thread, without allocating. <paramref name="read"/> is less than asked only at the end of the file.
    /// False when something must be fetched, or read-ahead should go on: use <see cref="ReadAsync"/>.
    /// </summary>
    /// <exception cref="CacheException">The disk failed (EIO).</exception>
    public bool TryRead(long offset, Span<byte> destination, out int read)
    {
        read = 0;
        return !_loader.Crosses(offset, destination.Length) && TryReadResident(offset, destination, out read);
    }

    /// <summary>Reads, fetching what is missing; returns the bytes read, fewer than asked only at the end of the file.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="destination">Filled from its start.</param>
    /// <param name="cursor">How this handle reads (one per open handle), for read-ahead; null = a random read.</param>
    /// <param name="cancel">Stops waiting; what is being fetched goes on for others.</param>
    /// <exception cref="CacheException">The source or the disk failed: its errno. A later read tries again.</exception>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, ReadCursor? cursor, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!TryReadResident(offset, destination.Span, out int read))
            return _loader.ReadAsync(offset, destination, cursor, cancel);
        if (cursor is not null && _loader.Crosses(offset, read))
            _loader.ReadAhead(offset, read, cursor);
        return new ValueTask<int>(read);
    }

    /// <summary>
    /// Commits that somebody may be writing: {Cached, Dirty, Writing, DirtyVersion + 1, the inode queued for export}, with the caller's rows.
    /// Completes at once when that is so already (then <paramref name="join"/> is not called). Needed before a write is acknowledged.
    /// </summary>
    /// <param name="join">Adds the caller's rows to the commit; called again when the commit is repeated.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <param name="mtimeNs">The file's mtime, which from now on lives on the content file; null leaves what the content file has.</param>
    /// <exception cref="CacheException">ENOSPC when there is no room for the content file, ESTALE when the content was deleted, EIO.</exception>
    /// <exception cref="GuardFailedException">A condition of the join failed; nothing was committed.</exception>
    public ValueTask MarkWritingAsync(Action<Batch>? join, CancellationToken cancel, long? mtimeNs = null) => _writer.MarkAsync(join, mtimeNs, cancel);

    /// <summary>
    /// Writes. To a complete content that is marked: one pwrite on the caller's thread. To a partial one: data, then the map's commit; a page that is
    /// written in part is fetched first, whole pages never are.
    /// </summary>
    /// <exception cref="CacheException">ENOSPC, EFBIG, EIO, or why a page at the edge could not be fetched. Earlier data is untouched.</exception>
    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        try
        {
            ValueTask write = _writer.WriteAsync(offset, data, cancel);
            return write.IsCompletedSuccessfully ? write : WriteWithRoomAsync(write, offset, data, cancel);
        }
        catch (CacheException e) when (e.Errno == Errno.ENOSPC)
        {
            return WriteWithRoomAsync(ValueTask.FromException(e), offset, data, cancel);
        }
    }

    /// <summary>
    /// Sets the length: the file first, then one commit {source length, maps, the caller's rows}. A content that is not being written is marked
    /// before and rests in that last commit; the caller's rows then should hold the new size.
    /// </summary>
    /// <exception cref="CacheException">EFBIG, ENOSPC, EIO.</exception>
    /// <exception cref="GuardFailedException">A condition of the join failed: the length is set, and the call must be repeated.</exception>
    public ValueTask TruncateAsync(long length, Action<Batch>? join, CancellationToken cancel) => _writer.TruncateAsync(length, join, cancel);

    /// <summary>fallocate(2): reserve, punch a hole, or zero. Marks the content as being written.</summary>
    /// <exception cref="CacheException">EOPNOTSUPP for other modes or when the device's file system cannot; EINVAL, ENOSPC, EFBIG.</exception>
    public ValueTask AllocateAsync(FallocateMode mode, long offset, long length, CancellationToken cancel) =>
        _parts.WithRoomAsync(length, () => _writer.AllocateAsync(mode, offset, length, cancel), cancel);

    /// <summary>lseek(2) with SEEK_DATA or SEEK_HOLE: what is not loaded counts as data; −1 = ENXIO.</summary>
    public ValueTask<long> SeekAsync(long offset, bool data, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return new ValueTask<long>(HoleSearch.Seek(this, offset, data));
    }

    /// <summary>
    /// copy_file_range(2): copies up to <paramref name="length"/> bytes, on the device itself (shared extents where it can) when both are resident.
    /// Returns the bytes copied; 0 at the end of the source.
    /// </summary>
    /// <exception cref="CacheException">EINVAL when the ranges overlap in one content; else as reads and writes.</exception>
    public ValueTask<long> CopyRangeAsync(Content source, long sourceOffset, long offset, long length, CancellationToken cancel) =>
        RangeCopy.CopyAsync(source, sourceOffset, this, offset, length, cancel);

    /// <summary>Loads [<paramref name="offset"/>, offset + <paramref name="length"/>) into the content file, several requests at a time. Reports bytes loaded so far.</summary>
    /// <exception cref="CacheException">Why it could not be loaded; ENOSPC when it cannot be kept.</exception>
    public async ValueTask EnsureResidentAsync(long offset, long length, IProgress<long>? loaded, CancellationToken cancel)
    {
        long end = length > long.MaxValue - offset ? long.MaxValue : offset + length;
        long present = Math.Min(end, Math.Max(offset, Length));
        await _parts.WithRoomAsync(Math.Min(present - offset, _parts.MaxRequest), () => _loader.EnsureAsync(offset, present, loaded, cancel), cancel).ConfigureAwait(false);
        if (!Rows.IsComplete)
            await _lifecycle.PromoteAsync(cancel).ConfigureAwait(false);
        if (Rows.IsComplete && Volatile.Read(ref _file) is null)
        {
            // Created and never written: the content file of an empty file is made when somebody needs it.
            await Gate.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await EnsureFileAsync(cancel).ConfigureAwait(false);
            }
            finally
            {
                Gate.Release();
            }
        }
    }

    /// <summary>
    /// Commits that nobody writes any more, with the caller's rows (size and times, which until now lived on the content file: read them inside
    /// <paramref name="join"/>, where no write is under way) and the inode queued for export. Not being written: the caller's rows alone.
    /// </summary>
    /// <exception cref="GuardFailedException">A condition of the join failed; nothing was committed.</exception>
    public ValueTask RestAsync(Action<Batch> join, CancellationToken cancel) => _lifecycle.RestAsync(join, cancel);

    /// <summary>
    /// fsync or fdatasync: flushes the content file (on a pool thread), commits that its pages are stable, and makes every commit so far stable.
    /// </summary>
    /// <exception cref="CacheException">EIO: the data may not be on stable storage.</exception>
    public ValueTask SyncAsync(bool dataOnly, CancellationToken cancel) => _lifecycle.SyncAsync(dataOnly, cancel);

    /// <summary>st_mtime (ns since 1970) and st_blocks (512-byte units; never 0 for a non-empty content) of the content file; mtime 0 without one.</summary>
    public (long MtimeNs, long Blocks) Stat()
    {
        FileStatus status = Volatile.Read(ref _file) is { } file ? DiskFile.Stat(file) : new FileStatus(Length, 0, 0, 0, 0);
        long blocks = Rows.IsComplete ? status.Blocks : Math.Max(status.Blocks, (Length + 511) / 512);
        return (status.MtimeNs, blocks);
    }

    /// <summary>Sets st_mtime of the content file, ns since 1970; nothing happens without a content file.</summary>
    public void SetMtime(long mtimeNs)
    {
        if (Volatile.Read(ref _file) is { } file)
            DiskFile.SetMtime(file, mtimeNs);
    }

    /// <summary>Opens the resident content for an upload.</summary>
    /// <exception cref="CacheException">EAGAIN when bytes are missing: <see cref="EnsureResidentAsync"/> comes first.</exception>
    public ContentSnapshot OpenSnapshot()
    {
        long length = Length;
        if (_loader.PresentFrom(0, length) < length)
            throw new CacheException(Errno.EAGAIN, $"Content {Id} is not resident: load it before opening it for an upload.");
        long dirtyVersion = Row.DirtyVersion;
        SafeFileHandle file = _parts.Files.OpenForReading(Id);
        FileStatus status = DiskFile.Stat(file);
        return new ContentSnapshot(this, file, status.Size, status.MtimeNs, status.CtimeNs, dirtyVersion);
    }

    /// <summary>
    /// Commits that the content, as the snapshot saw it, equals this object: {not Dirty, source, source length, the caller's rows}.
    /// False, with nothing committed, when it was written since or somebody may be writing it.
    /// </summary>
    /// <exception cref="GuardFailedException">A condition of the join failed; nothing was committed.</exception>
    public ValueTask<bool> MarkCleanAsync(ContentSnapshot seen, SourceVersion source, Action<Batch>? join, CancellationToken cancel) =>
        _lifecycle.MarkCleanAsync(seen, source, join, cancel);

    /// <summary>
    /// Commits {Dirty, DirtyVersion + 1, the inode queued for export} although no byte was written, so that the content is exported anew. False, with nothing
    /// committed, when it is not complete.
    /// </summary>
    public ValueTask<bool> MarkDirtyAsync(CancellationToken cancel) => _lifecycle.MarkDirtyAsync(cancel);

    /// <summary>
    /// Takes the bytes out of the cache: waits for the preads under way, commits, removes the content file. Handles stay usable and fetch again.
    /// </summary>
    /// <exception cref="GuardFailedException">A condition of the join failed; nothing was released.</exception>
    public ValueTask<ReleaseResult> ReleaseAsync(Action<Batch>? join, CancellationToken cancel) => _lifecycle.ReleaseAsync(join, cancel);

    /// <inheritdoc/>
    public void Dispose() => _cache.Drop(this);

    // Apart from the usual case, which then allocates nothing.
    private ValueTask WriteWithRoomAsync(ValueTask first, long offset, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        bool tried = false;
        return _parts.WithRoomAsync(data.Length, () => tried ? _writer.WriteAsync(offset, data, cancel) : First(), cancel);

        ValueTask First()
        {
            tried = true;
            return first;
        }
    }

    internal bool IsUnchangedSince(ContentSnapshot seen)
    {
        ContentRow row = Row;
        if ((row.Flags & ContentFlags.Writing) != 0 || row.DirtyVersion != seen.DirtyVersion)
            return false;
        FileStatus status = DiskFile.Stat(seen.Handle);
        return status.Size == seen.Length && status.MtimeNs == seen.MtimeNs && status.CtimeNs == seen.CtimeNs;
    }

    internal void AddReference() => _cache.AddReference(this);

    internal bool IsWriting => _writer.IsMarked;

    internal long PresentFrom(long offset, long end) => _loader.PresentFrom(offset, end);

    /// <summary>The end of the missing bytes at <paramref name="offset"/>; the offset itself when that is not missing.</summary>
    internal long MissingEnd(long offset)
    {
        lock (Rows.Lock)
        {
            long sourceEnd = Rows.SourceEnd, page = offset / PageMap.PageSize;
            if (offset >= sourceEnd || Rows.Map.RunAt(page, PageMap.Pages(sourceEnd), out long end) != PageState.Absent)
                return offset;
            return Math.Min(sourceEnd, end * PageMap.PageSize);
        }
    }

    internal ValueTask MarkStableAsync(int loads, CancellationToken cancel) => _lifecycle.MarkStableAsync(loads, cancel);

    /// <summary>Reads the content file, which may end earlier; what has no file is zeros. Use gate held.</summary>
    internal int ReadFile(long offset, Span<byte> destination)
    {
        if (_file is { } file)
            return DiskFile.Read(file, offset, destination);
        int count = (int)Math.Max(0, Math.Min(destination.Length, Length - offset));
        destination[..count].Clear();
        return count;
    }

    /// <summary>The content file, made when there is none. Gate held.</summary>
    internal async ValueTask<SafeFileHandle> EnsureFileAsync(CancellationToken cancel)
    {
        if (_file is { } open)
            return open;
        if (Rows.Gone)
            throw new CacheException(Errno.ESTALE, $"Content {Id} was deleted while it was in use.");
        // The release must be stable first: else a power loss could pair the row from before it with the file from after it.
        await _parts.Removal.WhenStableAsync(Id, cancel).ConfigureAwait(false);
        long length = Length;
        SafeFileHandle file = _parts.Files.Create(Id);
        try
        {
            if (length > 0)
                DiskFile.Truncate(file, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _accounted = 0;
        NameUnsynced = true;
        Volatile.Write(ref _file, file);
        return file;
    }

    /// <summary>Takes the content file away (release, last reference). Nobody uses it.</summary>
    internal void CloseFile()
    {
        SafeFileHandle? file = _file;
        Volatile.Write(ref _file, null);
        file?.Dispose();
    }

    /// <summary>Tells the tier how much the file takes now.</summary>
    internal void Account()
    {
        if (Volatile.Read(ref _file) is not { } file)
            return;
        long bytes = DiskFile.Stat(file).Blocks * 512;
        _parts.Files.Account(bytes - Interlocked.Exchange(ref _accounted, bytes));
    }

    /// <summary>
    /// The last reference goes: accounts, and notes the use on the content file, because a mount with relatime or noatime does not. Not while
    /// it is being written, when its times tell a recovery of writes.
    /// </summary>
    internal void NoteUse()
    {
        if (Volatile.Read(ref _file) is not { } file)
            return;
        Account();
        if (!Rows.Has(ContentFlags.Writing) && Clock.NowNs(_parts.Time) - DiskFile.Stat(file).AtimeNs >= UseGrainNs)
            DiskFile.Touch(file);
    }

    internal void AccountWrite(int bytes)
    {
        if (Interlocked.Add(ref _writtenSinceAccount, bytes) < AccountEvery)
            return;
        Volatile.Write(ref _writtenSinceAccount, 0);
        Account();
    }

    /// <summary>Bytes were loaded that no flush covers: they will be flushed in the background. Gate held.</summary>
    internal void NoteUnsynced()
    {
        _unsyncedLoads++;
        _parts.Unsynced.Add(Id);
    }

    /// <summary>Number of loads so far; equal before and after a flush means that the flush covered all. Gate held.</summary>
    internal int UnsyncedLoads => _unsyncedLoads;

    private bool TryReadResident(long offset, Span<byte> destination, out int read)
    {
        read = 0;
        if (!Uses.TryEnter())
            return false;
        try
        {
            if (!Rows.IsComplete && _loader.PresentFrom(offset, offset + destination.Length) < destination.Length
                && !(offset >= Length))
                return PartAtEnd(offset, destination, out read);
            read = ReadFile(offset, destination);
            _parts.Counters.Hit();
            return true;
        }
        finally
        {
            Uses.Exit();
        }
    }

    // A read that goes beyond the end is resident when everything before the end is.
    private bool PartAtEnd(long offset, Span<byte> destination, out int read)
    {
        read = 0;
        long length = Length;
        if (offset + destination.Length <= length || _loader.PresentFrom(offset, length) < length - offset)
            return false;
        read = ReadFile(offset, destination[..(int)(length - offset)]);
        _parts.Counters.Hit();
        return true;
    }
}
