using FsxFuse.Cache.Native;
using FsxFuse.Metadata;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Cache;

/// <summary>
/// Fetches one content's missing bytes: single-flight, sized by how it is read, written to the content file only where a page is
/// still absent. A load runs to its end whoever stops waiting for it; each holds a reference on the content.
/// Order of locks: content gate, then content lock, then the budget's; a read cursor's lock is taken with none of them held.
/// </summary>
internal sealed class Loader
{
    private const int SourceChanges = 3;

    private readonly Content _content;
    private readonly CacheParts _parts;
    private readonly RowKeeper _rows;
    private readonly LoadList _loads = new();
    private long _trigger = long.MaxValue;

    internal Loader(Content content, CacheParts parts, RowKeeper rows)
    {
        _content = content;
        _parts = parts;
        _rows = rows;
    }

    /// <summary>True when a read of this range should be seen by its cursor, so that read-ahead goes on before the reader gets there.</summary>
    internal bool Crosses(long offset, int length)
    {
        long trigger = Volatile.Read(ref _trigger);
        return offset + length > trigger && offset < trigger + _parts.MaxReadAhead;
    }

    /// <summary>Tells how much from <paramref name="offset"/> on, up to <paramref name="end"/>, is not missing. Takes the content's lock.</summary>
    internal long PresentFrom(long offset, long end)
    {
        if (_rows.IsComplete)
            return end - offset;
        lock (_rows.Lock)
        {
            long sourceEnd = _rows.SourceEnd;
            if (offset >= sourceEnd)
                return end - offset;
            long limit = PageMap.Pages(Math.Min(end, sourceEnd));
            long absent = _rows.Map.NextAbsent(offset / PageMap.PageSize, limit);
            return absent >= limit ? end - offset : Math.Max(0, absent * PageMap.PageSize - offset);
        }
    }

    /// <summary>Reads what TryRead could not. The reader copies from a load as soon as that is in memory.</summary>
    internal async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, ReadCursor? cursor, CancellationToken cancel)
    {
        _parts.Counters.Miss();
        int total = (int)Math.Max(0, Math.Min(destination.Length, _content.Length - offset));
        StartFor(offset, total, cursor);
        int done = 0;
        while (done < total)
        {
            long position = offset + done;
            if (!_content.Uses.TryEnter())
            {
                await _content.Uses.WhenOpen(cancel).ConfigureAwait(false);
                continue;
            }

            Load? load = null;
            long limit = 0;
            try
            {
                long present = PresentFrom(position, offset + total);
                if (present > 0)
                {
                    Memory<byte> part = destination.Slice(done, (int)present);
                    int read = _content.ReadFile(position, part.Span);
                    done += read;
                    if (read < part.Length)
                        break;
                    continue;
                }

                load = JoinOrStart(position, offset + total, out limit);
            }
            finally
            {
                _content.Uses.Exit();
            }

            if (load is not null)
                done += await CopyAsync(load, position, destination.Slice(done, (int)(limit - position)), cancel).ConfigureAwait(false);
        }

        return done;
    }

    /// <summary>A read of resident data crossed the trigger: goes on with read-ahead.</summary>
    internal void ReadAhead(long offset, int length, ReadCursor cursor) => StartFor(offset, length, cursor);

    /// <summary>Loads a range and waits until it is in the content file.</summary>
    internal async ValueTask EnsureAsync(long offset, long end, IProgress<long>? progress, CancellationToken cancel)
    {
        var waiting = new Queue<Load>();
        long loaded = 0, page = offset / PageMap.PageSize;
        while (true)
        {
            while (waiting.Count < _parts.Tier.Parallelism && NextOf(ref page, end) is { } load)
                waiting.Enqueue(load);
            if (!waiting.TryDequeue(out Load? first))
            {
                // Written, truncated or released in between: look once more.
                if (PresentFrom(offset, Math.Max(offset, end)) >= end - offset)
                    return;
                page = offset / PageMap.PageSize;
                continue;
            }

            if (await first.Settled.Task.WaitAsync(cancel).ConfigureAwait(false) is { } failure)
                throw new CacheException(failure.Errno, failure.Message, failure);
            loaded += first.Length;
            progress?.Report(loaded);
        }
    }

    /// <summary>Truncated to this length. Under the content's lock.</summary>
    internal void Cut(long length) => _loads.Cut(length);

    /// <summary>Released. Under the content's lock.</summary>
    internal void Drop() => _loads.Drop();

    private Load? NextOf(ref long page, long end)
    {
        lock (_rows.Lock)
        {
            long sourceEnd = _rows.SourceEnd, limit = PageMap.Pages(Math.Min(end, sourceEnd));
            page = _rows.Map.NextAbsent(page, limit);
            if (page >= limit)
                return null;
            Load? load = _loads.Find(page * PageMap.PageSize);
            if (load is null && _loads.NextMissing(_rows.Map, page, limit, _parts.MaxRequest / PageMap.PageSize, out long start, out long stop))
                load = Start(start, stop, ahead: false);
            page = load is null ? limit : PageMap.Pages(load.End);
            return load;
        }
    }

    private void StartFor(long offset, int length, ReadCursor? cursor)
    {
        if (_rows.IsComplete || length <= 0)
            return;
        long window = 0, target = offset + length;
        int random = _parts.Tier.RandomFetch;
        if (cursor is not null)
            target = cursor.Observe(offset, length, _parts.IsFull ? 0 : _parts.MaxReadAhead, random, out window);
        lock (_rows.Lock)
        {
            long sourceEnd = _rows.SourceEnd, sourcePages = PageMap.Pages(sourceEnd);
            if (offset >= sourceEnd)
                return;
            long demandEnd = PageMap.Pages(Math.Min(offset + length, sourceEnd));
            if (window == 0)
            {
                StartDemand(offset / PageMap.PageSize, demandEnd, sourcePages);
                return;
            }

            // Ranges of a quarter of the window: several are under way at a time, and the first is there soon.
            long range = Math.Min(_parts.MaxRequest, Math.Max(random, window / 4)) / PageMap.PageSize;
            target = Math.Min(sourceEnd, (target + random - 1) / random * random);
            long page = offset / PageMap.PageSize, limit = PageMap.Pages(target);
            while (_loads.NextMissing(_rows.Map, page, limit, range, out long start, out long stop))
            {
                if (Start(start, stop, ahead: start >= demandEnd) is null)
                    break;
                page = stop;
            }

            Volatile.Write(ref _trigger, target >= sourceEnd ? long.MaxValue : target - window / 2);
        }
    }

    // Under the content's lock: what a random read misses, each run rounded to its block.
    private void StartDemand(long page, long demandEnd, long sourcePages)
    {
        while (_loads.NextMissing(_rows.Map, page, demandEnd, _parts.MaxRequest / PageMap.PageSize, out long start, out long stop))
        {
            if (!_parts.IsFull)
                _loads.Widen(_rows.Map, ref start, ref stop, sourcePages, _parts.Tier.RandomFetch / PageMap.PageSize);
            stop = Math.Min(stop, start + _parts.MaxRequest / PageMap.PageSize);
            Start(start, stop, ahead: false);
            page = Math.Max(page + 1, stop);
        }
    }

    /// <summary>The load that brings the byte, with a reference; <paramref name="limit"/> is how far it may be copied: a load may span pages that are present.</summary>
    private Load? JoinOrStart(long position, long end, out long limit)
    {
        lock (_rows.Lock)
        {
            long sourceEnd = _rows.SourceEnd;
            long page = position / PageMap.PageSize;
            limit = position;
            if (position >= sourceEnd || _rows.Map.RunAt(page, PageMap.Pages(Math.Min(end, sourceEnd)), out long runEnd) != PageState.Absent)
                return null;
            limit = Math.Min(end, runEnd * PageMap.PageSize);
            if (_loads.Find(position) is null)
                StartDemand(page, PageMap.Pages(Math.Min(end, sourceEnd)), PageMap.Pages(sourceEnd));
            Load? load = _loads.Find(position);
            load?.AddReference();
            return load;
        }
    }

    // Under the content's lock. Null when read-ahead finds no memory: then there is none.
    private Load? Start(long startPage, long endPage, bool ahead)
    {
        ContentRow row = _rows.Row;
        long sourceEnd = _rows.SourceEnd;
        long start = startPage * PageMap.PageSize, end = Math.Min(endPage * PageMap.PageSize, sourceEnd);
        Task<BudgetLease> reservation;
        if (!ahead)
        {
            reservation = _parts.Memory.ReserveAsync(end - start, CancellationToken.None).AsTask();
        }
        else
        {
            if (!_parts.Memory.TryReserve(end - start, out BudgetLease lease))
                return null;
            reservation = Task.FromResult(lease);
            _parts.Counters.ReadAhead(end - start);
        }

        var load = new Load(start, end, OriginOf(row, sourceEnd)) { Reservation = reservation };
        _loads.Add(load);
        _content.AddReference();
        _parts.Run(() => RunAsync(load));
        return load;
    }

    private async Task<int> CopyAsync(Load load, long position, Memory<byte> destination, CancellationToken cancel)
    {
        try
        {
            await load.Data.Task.WaitAsync(cancel).ConfigureAwait(false);
            lock (_rows.Lock)
            {
                if (load.Stale)
                    return 0;
            }

            int count = (int)Math.Min(destination.Length, load.End - position);
            load.Bytes.Slice((int)(position - load.Start), count).CopyTo(destination);
            return count;
        }
        finally
        {
            load.Release();
        }
    }

    private async Task RunAsync(Load load)
    {
        CacheException? failure = null;
        try
        {
            load.Allocate(await load.Reservation.ConfigureAwait(false));
            await FetchAsync(load).ConfigureAwait(false);
            load.Data.TrySetResult();
            failure = await PlaceAsync(load).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e as CacheException ?? new CacheException(
                (e as ContentSourceException)?.Errno ?? Errno.EIO,
                $"Bytes {load.Start} to {load.End} of {load.Origin.Key} could not be read: {e.Message}",
                e);
            CacheLog.LoadFailed(_parts.Logger, _content.Id, load.Start, load.End, load.Origin.Key, e.Message);
        }
        finally
        {
            lock (_rows.Lock)
                _loads.Remove(load);
            if (failure is not null && load.Data.TrySetException(failure))
                _ = load.Data.Task.Exception;
            load.Settled.TrySetResult(failure);
            load.Release();
            _content.Dispose();
        }
    }

    private async ValueTask FetchAsync(Load load)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await _parts.Source.ReadAsync(load.Origin, load.Start, load.Bytes, _parts.Stopping).ConfigureAwait(false);
                _parts.Counters.Load(load.Length);
                return;
            }
            catch (ContentSourceException) when (attempt < SourceChanges && OriginOf(_rows.Row, load.Origin.Length) != load.Origin)
            {
                // The same bytes are now under another key (an export followed a rename).
                _parts.Counters.SourceFailure();
                load.Origin = OriginOf(_rows.Row, load.Origin.Length);
            }
            catch (Exception)
            {
                _parts.Counters.SourceFailure();
                throw;
            }
        }
    }

    /// <summary>Writes the bytes where pages are still absent, then commits the map. Null, or why they were not kept.</summary>
    private async ValueTask<CacheException?> PlaceAsync(Load load)
    {
        await _content.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            List<(long Start, long End)> runs = AbsentRuns(load);
            if (runs.Count == 0)
                return null;
            if (!_parts.Files.HasRoom(load.Length))
                throw new CacheException(Errno.ENOSPC, $"The tier {_parts.Files.Directory} has reached its capacity: release files or raise it.");
            SafeFileHandle file = await _content.EnsureFileAsync(CancellationToken.None).ConfigureAwait(false);
            bool keepTime = _rows.Has(ContentFlags.Writing | ContentFlags.Dirty);
            long mtime = keepTime ? DiskFile.Stat(file).MtimeNs : 0;
            int errno = 0;
            foreach ((long start, long end) in runs)
            {
                errno = DiskFile.Write(file, start, load.Bytes.Span.Slice((int)(start - load.Start), (int)(end - start)), out _);
                if (errno != 0)
                    break;
            }

            if (keepTime)
                DiskFile.SetMtime(file, mtime);
            if (errno != 0)
                throw DiskFile.Failure(errno, "write", _parts.Files.PathOf(_content.Id));
            bool all;
            lock (_rows.Lock)
            {
                foreach ((long start, long end) in runs)
                    _rows.Map.Set(start / PageMap.PageSize, PageMap.Pages(end), PageState.Clean);
                // What is dirty becomes complete only after a flush: see Content.PromoteAsync.
                all = !_rows.Has(ContentFlags.Dirty) && _rows.NothingMissing;
            }

            _content.NoteUnsynced();
            await RecordAsync(all).ConfigureAwait(false);
            _content.Account();
            return null;
        }
        catch (CacheException e) when (e.Errno is Errno.ENOSPC or Errno.ESTALE)
        {
            _parts.Counters.UncachedLoad();
            if (e.Errno == Errno.ENOSPC)
            {
                if (_parts.NoteFull())
                    CacheLog.TierFull(_parts.Logger, _parts.Files.Directory, _content.Id, e.Message);
                _parts.Release.RoomWanted(load.Length);
            }

            return e;
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    private async ValueTask RecordAsync(bool complete)
    {
        ContentFlags flags = ContentFlags.Cached | (complete ? ContentFlags.Complete : 0);
        try
        {
            await _rows.CommitAsync(row => row with { Flags = row.Flags | flags, UnsyncedBoot = _rows.Boot }, null, CancellationToken.None).ConfigureAwait(false);
            if (complete)
                Volatile.Write(ref _trigger, long.MaxValue);
        }
        catch (CacheException e)
        {
            // The bytes are good and stay usable; only a restart would not know of them.
            CacheLog.LoadNotRecorded(_parts.Logger, _content.Id, e.Message);
        }
    }

    private List<(long Start, long End)> AbsentRuns(Load load)
    {
        var runs = new List<(long, long)>();
        lock (_rows.Lock)
        {
            if (load.Dropped)
                return runs;
            long end = Math.Min(load.End, _rows.SourceEnd), limit = PageMap.Pages(end);
            for (long page = load.Start / PageMap.PageSize; (page = _rows.Map.NextAbsent(page, limit)) < limit;)
            {
                _rows.Map.RunAt(page, limit, out long runEnd);
                runs.Add((page * PageMap.PageSize, Math.Min(end, runEnd * PageMap.PageSize)));
                page = runEnd;
            }
        }

        return runs;
    }

    private static ContentOrigin OriginOf(ContentRow row, long length) =>
        new(row.Id, row.SourceLink, row.SourceKey ?? "", row.SourceETag ?? "", row.SourceVersionId, length);
}
