using FsxFuse.Cache.Native;
using FsxFuse.Metadata;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Cache;

/// <summary>Changes the bytes of one content. Every change happens under the Writing mark, so that a crash cannot hide it.</summary>
internal sealed class Writer
{
    private readonly Content _content;
    private readonly CacheParts _parts;
    private readonly RowKeeper _rows;
    private readonly Loader _loader;

    // The mark is not to be used by others: it is not on the disk yet, or was set by a truncation for itself and goes with it, unless somebody
    // else asks for the mark meanwhile. Gate held to change.
    private volatile bool _temporaryMark;

    internal Writer(Content content, CacheParts parts, RowKeeper rows, Loader loader)
    {
        _content = content;
        _parts = parts;
        _rows = rows;
        _loader = loader;
    }

    /// <summary>Writing is committed, and not only for a truncation under way.</summary>
    internal bool IsMarked => _rows.Has(ContentFlags.Writing) && !_temporaryMark;

    internal ValueTask MarkAsync(Action<Batch>? join, long? mtimeNs, CancellationToken cancel)
    {
        return IsMarked ? ValueTask.CompletedTask : Slow();

        async ValueTask Slow()
        {
            await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await MarkInGateAsync(join, mtimeNs, cancel).ConfigureAwait(false);
            }
            finally
            {
                _content.Gate.Release();
            }
        }
    }

    internal ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (data.IsEmpty)
            return ValueTask.CompletedTask;
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset > long.MaxValue - data.Length)
            throw new CacheException(Errno.EFBIG, "The write would end beyond the largest possible file.");
        return TryWriteComplete(offset, data) ? ValueTask.CompletedTask : WriteSlowAsync(offset, data, cancel);
    }

    internal async ValueTask TruncateAsync(long length, Action<Batch>? join, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            bool alone = !IsMarked;
            if (alone && !_rows.Has(ContentFlags.Writing))
            {
                await MarkInGateAsync(null, null, cancel).ConfigureAwait(false);
                _temporaryMark = true;
            }

            SafeFileHandle file = await _content.EnsureFileAsync(cancel).ConfigureAwait(false);
            long clippedFrom = -1;
            lock (_rows.Lock)
                _loader.Cut(length);
            DiskFile.Truncate(file, length);
            lock (_rows.Lock)
            {
                if (!_rows.IsComplete && length < _rows.SourceEnd)
                {
                    _rows.SourceLimit = length;
                    clippedFrom = _rows.Map.Clip(PageMap.Pages(length));
                    // Loads begun since the cut above still knew the old end.
                    _loader.Cut(length);
                }
            }

            // From here on memory tells the truth about the file: the commit must not be given up half-way.
            if (alone)
                await RestTruncatedAsync(clippedFrom, join).ConfigureAwait(false);
            else
                await _rows.CommitAsync(WhenAllLocal, join, CancellationToken.None, clippedFrom).ConfigureAwait(false);
            _content.Account();
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    internal async ValueTask AllocateAsync(FallocateMode mode, long offset, long length, CancellationToken cancel)
    {
        bool zeros = (mode & (FallocateMode.PunchHole | FallocateMode.ZeroRange)) != 0;
        if ((mode & ~(FallocateMode.KeepSize | FallocateMode.PunchHole | FallocateMode.ZeroRange)) != 0
            || ((mode & FallocateMode.PunchHole) != 0 && mode != (FallocateMode.PunchHole | FallocateMode.KeepSize)))
            throw new CacheException(Errno.EOPNOTSUPP, $"fallocate mode 0x{(int)mode:x} is not supported.");
        if (offset < 0 || length <= 0)
            throw new CacheException(Errno.EINVAL, "fallocate needs an offset of at least 0 and a length of at least 1.");
        if (offset > long.MaxValue - length)
            throw new CacheException(Errno.EFBIG, "The range ends beyond the largest possible file.");
        if (!zeros && !_parts.Files.CanAllocate(length - (_content.Stat().Blocks * 512)))
            throw CapacityReached();
        while (true)
        {
            await MarkAsync(null, null, cancel).ConfigureAwait(false);
            if (zeros)
                await LoadEdgesAsync(offset, offset + length, cancel).ConfigureAwait(false);
            await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                if (!IsMarked || (zeros && MissingEdge(offset, offset + length) >= 0))
                    continue;
                SafeFileHandle file = await _content.EnsureFileAsync(cancel).ConfigureAwait(false);
                int errno = DiskFile.Allocate(file, (int)mode, offset, length);
                if (errno != 0)
                    throw DiskFile.Failure(errno, "allocate space in", _parts.Files.PathOf(_content.Id));
                if (zeros)
                    await MarkDirtyAsync(offset, offset + length, CancellationToken.None).ConfigureAwait(false);
                _content.Account();
                return;
            }
            finally
            {
                _content.Gate.Release();
            }
        }
    }

    /// <summary>Ends the Writing mark's being temporary or not; the row loses it by the commit that calls this. Gate held.</summary>
    internal void ForgetMark() => _temporaryMark = false;

    /// <summary>Bytes go straight to a complete file that is marked. Rest and release close the use gate, so neither can come between.</summary>
    private bool TryWriteComplete(long offset, ReadOnlyMemory<byte> data)
    {
        if (!_content.Uses.TryEnter())
            return false;
        try
        {
            if (!IsMarked || !_rows.IsComplete || _content.File is not { } file)
                return false;
            WriteFile(file, offset, data.Span);
            return true;
        }
        finally
        {
            _content.Uses.Exit();
        }
    }

    private async ValueTask WriteSlowAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        long end = offset + data.Length;
        while (true)
        {
            await MarkAsync(null, null, cancel).ConfigureAwait(false);
            await LoadEdgesAsync(offset, end, cancel).ConfigureAwait(false);
            await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                if (!IsMarked || MissingEdge(offset, end) >= 0)
                    continue;
                SafeFileHandle file = await _content.EnsureFileAsync(cancel).ConfigureAwait(false);
                WritePartial(file, offset, data.Span);
                await MarkDirtyAsync(offset, end, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            finally
            {
                _content.Gate.Release();
            }
        }
    }

    private void WriteFile(SafeFileHandle file, long offset, ReadOnlySpan<byte> data)
    {
        if (!_parts.Files.HasRoom(data.Length) && DiskFile.Stat(file) is var status && (offset + data.Length > status.Size || status.Blocks * 512 < status.Size))
            throw CapacityReached();
        int errno = DiskFile.Write(file, offset, data, out int written);
        _content.AccountWrite(written);
        if (errno != 0)
            throw DiskFile.Failure(errno, "write", _parts.Files.PathOf(_content.Id));
    }

    private void WritePartial(SafeFileHandle file, long offset, ReadOnlySpan<byte> data)
    {
        try
        {
            WriteFile(file, offset, data);
        }
        catch (CacheException)
        {
            // Some of it may be in the file. Absent pages stay absent and are loaded over it; present ones may differ from the source now.
            lock (_rows.Lock)
            {
                long limit = PageMap.Pages(Math.Min(offset + data.Length, _rows.SourceEnd));
                for (long page = offset / PageMap.PageSize; page < limit;)
                {
                    PageState state = _rows.Map.RunAt(page, limit, out long end);
                    if (state != PageState.Absent)
                        _rows.Map.SetWritten(page, end);
                    page = end;
                }
            }

            throw;
        }
    }

    /// <summary>Records that the pages of [offset, end) are written. Pages beyond the source need no map. Gate held.</summary>
    private async ValueTask MarkDirtyAsync(long offset, long end, CancellationToken cancel)
    {
        bool changed = false;
        lock (_rows.Lock)
        {
            long limit = PageMap.Pages(Math.Min(end, _rows.SourceEnd));
            if (!_rows.IsComplete)
                changed = _rows.Map.SetWritten(offset / PageMap.PageSize, limit) || _rows.Map.HasChanges;
        }

        if (changed || _rows.Row.UnsyncedBoot != _rows.Boot)
            await _rows.CommitAsync(row => row with { UnsyncedBoot = _rows.Boot }, null, cancel).ConfigureAwait(false);
    }

    private async ValueTask LoadEdgesAsync(long offset, long end, CancellationToken cancel)
    {
        for (long page; (page = MissingEdge(offset, end)) >= 0;)
            await _loader.EnsureAsync(page, page + PageMap.PageSize, null, cancel).ConfigureAwait(false);
    }

    /// <summary>Offset of a page that [offset, end) covers in part only while the rest of it is missing; −1 = none.</summary>
    private long MissingEdge(long offset, long end)
    {
        if (_rows.IsComplete)
            return -1;
        lock (_rows.Lock)
        {
            long sourceEnd = _rows.SourceEnd;
            long first = offset / PageMap.PageSize * PageMap.PageSize, last = (end - 1) / PageMap.PageSize * PageMap.PageSize;
            if (IsMissing(first) && (offset > first || (first == last && end < Math.Min(first + PageMap.PageSize, sourceEnd))))
                return first;
            return last != first && IsMissing(last) && end < Math.Min(last + PageMap.PageSize, sourceEnd) ? last : -1;

            bool IsMissing(long start) => start < sourceEnd && _rows.Map.Get(start / PageMap.PageSize) == PageState.Absent;
        }
    }

    private async ValueTask MarkInGateAsync(Action<Batch>? join, long? mtimeNs, CancellationToken cancel)
    {
        if (_rows.Has(ContentFlags.Writing))
        {
            _temporaryMark = false;
            return;
        }

        bool existed = _content.File is not null;
        SafeFileHandle file = await _content.EnsureFileAsync(cancel).ConfigureAwait(false);
        if (mtimeNs is { } mtime)
            DiskFile.SetMtime(file, mtime);
        bool clean = !_rows.Has(ContentFlags.Dirty) && _rows.Row.SourceLink != 0;
        if (clean && _rows.IsComplete && _rows.Row.UnsyncedBoot is not null)
        {
            // A complete dirty content has no map that could tell loaded pages from written ones: what was loaded must be stable before.
            await Task.Run(() => DiskFile.Sync(file, dataOnly: true), cancel).ConfigureAwait(false);
        }

        // A row that says "stable" is not looked into after a power loss: the mark must be on the disk before the bytes change in place.
        bool stable = existed && _rows.Row.UnsyncedBoot is null;
        _temporaryMark = stable;
        await _rows.CommitAsync(
            row => WhenAllLocal(row with
            {
                Flags = row.Flags | ContentFlags.Cached | ContentFlags.Dirty | ContentFlags.Writing,
                DirtyVersion = row.DirtyVersion + 1,
                UnsyncedBoot = _rows.Boot,
            }),
            batch =>
            {
                batch.Add(_rows.QueueExport());
                join?.Invoke(batch);
            },
            cancel).ConfigureAwait(false);
        if (stable)
        {
            // Not to be given up: who came next would find the mark set, and take it for one that is on the disk.
            await _parts.SyncStoreAsync(CancellationToken.None).ConfigureAwait(false);
            _temporaryMark = false;
        }
    }

    private async ValueTask RestTruncatedAsync(long clippedFrom, Action<Batch>? join)
    {
        await _content.Uses.CloseAsync().ConfigureAwait(false);
        try
        {
            await _rows.CommitAsync(
                row => WhenAllLocal(row with { Flags = row.Flags & ~ContentFlags.Writing }), join, CancellationToken.None, clippedFrom).ConfigureAwait(false);
            _temporaryMark = false;
        }
        finally
        {
            _content.Uses.Reopen();
        }
    }

    // Nothing comes from a source: complete. (What came from one and was flushed is promoted by Lifecycle.)
    private ContentRow WhenAllLocal(ContentRow row) =>
        (row.Flags & ContentFlags.Complete) == 0 && (row.SourceLink == 0 || Math.Min(row.SourceLength, _rows.SourceLimit) == 0)
            ? row with { Flags = row.Flags | ContentFlags.Complete }
            : row;

    private CacheException CapacityReached() =>
        new(Errno.ENOSPC, $"The tier {_parts.Files.Directory} has reached its capacity: release or export files, or raise it.");
}
