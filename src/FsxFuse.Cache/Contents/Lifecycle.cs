using FsxFuse.Cache.Native;
using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>The states one content goes through between writes: rest, stable, complete, clean, released.</summary>
internal sealed class Lifecycle
{
    private readonly Content _content;
    private readonly CacheParts _parts;
    private readonly RowKeeper _rows;
    private readonly Loader _loader;
    private readonly Writer _writer;

    internal Lifecycle(Content content, CacheParts parts, RowKeeper rows, Loader loader, Writer writer)
    {
        _content = content;
        _parts = parts;
        _rows = rows;
        _loader = loader;
        _writer = writer;
    }

    internal async ValueTask RestAsync(Action<Batch> join, CancellationToken cancel)
    {
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await _content.Uses.CloseAsync().ConfigureAwait(false);
            try
            {
                bool writing = _rows.Has(ContentFlags.Writing);
                await _rows.CommitAsync(
                    row => row with { Flags = row.Flags & ~ContentFlags.Writing },
                    batch =>
                    {
                        if (writing)
                            batch.Add(_rows.QueueExport());
                        join(batch);
                    },
                    cancel).ConfigureAwait(false);
                _writer.ForgetMark();
            }
            finally
            {
                _content.Uses.Reopen();
            }

            _content.Account();
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    internal async ValueTask SyncAsync(bool dataOnly, CancellationToken cancel)
    {
        if (_content.File is not null)
        {
            if (_rows.IsComplete)
                await SyncCompleteAsync(dataOnly, cancel).ConfigureAwait(false);
            else
                await SyncPartialAsync(dataOnly, cancel).ConfigureAwait(false);
        }

        await _parts.SyncStoreAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Records that loaded bytes are stable, when the flush that began at <paramref name="loads"/> covered them all.</summary>
    internal async ValueTask MarkStableAsync(int loads, CancellationToken cancel)
    {
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_content.UnsyncedLoads == loads && !_rows.Has(ContentFlags.Dirty) && _rows.Row.UnsyncedBoot is not null)
                await _rows.CommitAsync(row => row with { UnsyncedBoot = null }, null, cancel).ConfigureAwait(false);
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    /// <summary>Makes a content complete when nothing is missing; what is dirty is flushed first, so that complete implies that loaded pages are stable.</summary>
    internal async ValueTask PromoteAsync(CancellationToken cancel)
    {
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            lock (_rows.Lock)
            {
                if (_rows.IsComplete || _content.File is null || !_rows.NothingMissing)
                    return;
            }

            if (_rows.Has(ContentFlags.Dirty))
                await FlushAsync(dataOnly: true, cancel).ConfigureAwait(false);
            await _rows.CommitAsync(row => row with { Flags = row.Flags | ContentFlags.Cached | ContentFlags.Complete }, null, cancel).ConfigureAwait(false);
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    internal async ValueTask<bool> MarkCleanAsync(ContentSnapshot seen, SourceVersion source, Action<Batch>? join, CancellationToken cancel)
    {
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (!_content.IsUnchangedSince(seen))
                return false;
            lock (_rows.Lock)
            {
                if (_rows.IsComplete)
                    _rows.SourceLimit = long.MaxValue;
            }

            await _rows.CommitAsync(
                row => row with
                {
                    Flags = row.Flags & ~ContentFlags.Dirty,
                    SourceLink = source.LinkId,
                    SourceKey = source.Key,
                    SourceETag = source.ETag,
                    SourceVersionId = source.VersionId,
                    SourceLength = seen.Length,
                },
                join,
                cancel).ConfigureAwait(false);
            _parts.Removal.NoteUnstable(_content.Id);
            return true;
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    /// <summary>Makes a complete content differ from its source, without a byte being written. False when it is not complete.</summary>
    internal async ValueTask<bool> MarkDirtyAsync(CancellationToken cancel)
    {
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_rows.Has(ContentFlags.Dirty))
                return true;
            if (!_rows.IsComplete)
                return false;
            // No map tells loaded pages from written ones: what was loaded must be stable before.
            if (_rows.Row.UnsyncedBoot is not null)
                await FlushAsync(dataOnly: true, cancel).ConfigureAwait(false);
            await _rows.CommitAsync(
                row => row with { Flags = row.Flags | ContentFlags.Dirty, DirtyVersion = row.DirtyVersion + 1, UnsyncedBoot = null },
                batch => batch.Add(_rows.QueueExport()),
                cancel).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    internal async ValueTask<ReleaseResult> ReleaseAsync(Action<Batch>? join, CancellationToken cancel)
    {
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_rows.Has(ContentFlags.Writing))
                return ReleaseResult.InUse;
            if (!IsReleasable(_rows.Row))
                return ReleaseResult.NotClean;
            if (!_rows.Has(ContentFlags.Cached))
                return ReleaseResult.AlreadyReleased;
            // Were the export forgotten in a power loss, the row would say that these are the only bytes.
            await _parts.Removal.WhenStableAsync(_content.Id, cancel).ConfigureAwait(false);
            await _content.Uses.CloseAsync().ConfigureAwait(false);
            try
            {
                // Asked again of the row that is committed: an export may have made the content independent of its source meanwhile.
                bool clean = true;
                await _rows.CommitAsync(
                    row => (clean = IsReleasable(row)) ? row with { Flags = row.Flags & ~(ContentFlags.Cached | ContentFlags.Complete), UnsyncedBoot = null } : row,
                    batch =>
                    {
                        if (clean)
                            join?.Invoke(batch);
                    },
                    cancel).ConfigureAwait(false);
                if (!clean)
                    return ReleaseResult.NotClean;
                lock (_rows.Lock)
                {
                    _loader.Drop();
                    _rows.Map.Clip(0);
                }

                _content.CloseFile();
                // Should the row from before (clean, and stable) come back after a power loss, a missing file only means: released.
                _parts.Files.Remove(_content.Id);
                _parts.Removal.NoteUnstable(_content.Id);
                _parts.Counters.Release();
                return ReleaseResult.Released;
            }
            finally
            {
                _content.Uses.Reopen();
            }
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    private bool IsReleasable(ContentRow row) =>
        (row.Flags & (ContentFlags.Dirty | ContentFlags.Writing)) == 0 && (row.SourceLink == 0 ? _content.Length == 0 : _parts.Source.IsLasting(row.SourceLink));

    private async ValueTask SyncCompleteAsync(bool dataOnly, CancellationToken cancel)
    {
        // The gate is not held across the flush: writes go on. The row's version tells whether any could have begun since.
        ContentRow before = _rows.Row;
        await FlushAsync(dataOnly, cancel).ConfigureAwait(false);
        if (before.UnsyncedBoot is null || (before.Flags & ContentFlags.Writing) != 0)
            return;
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_rows.Row.Version == before.Version)
                await _rows.CommitAsync(row => row with { UnsyncedBoot = null }, null, cancel).ConfigureAwait(false);
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    private async ValueTask SyncPartialAsync(bool dataOnly, CancellationToken cancel)
    {
        // Held across the flush: the pages that become stable are exactly those written before it.
        await _content.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_content.File is null)
                return;
            await FlushAsync(dataOnly, cancel).ConfigureAwait(false);
            bool complete;
            lock (_rows.Lock)
            {
                _rows.Map.Replace(PageState.DirtyUnsynced, PageState.DirtyStable);
                complete = _rows.NothingMissing;
            }

            await _rows.CommitAsync(
                row =>
                {
                    ContentFlags flags = row.Flags | (complete ? ContentFlags.Complete : 0);
                    // Writes to a complete content make no commit: while it is written, unsynced is what must be assumed.
                    bool assumed = (flags & (ContentFlags.Complete | ContentFlags.Writing)) == (ContentFlags.Complete | ContentFlags.Writing);
                    return row with { Flags = flags, UnsyncedBoot = assumed ? _rows.Boot : null };
                },
                null,
                cancel).ConfigureAwait(false);
        }
        finally
        {
            _content.Gate.Release();
        }
    }

    private async ValueTask FlushAsync(bool dataOnly, CancellationToken cancel)
    {
        if (_content.File is not { } file)
            return;
        bool name = _content.NameUnsynced;
        long id = _content.Id;
        await Task.Run(
            () =>
            {
                DiskFile.Sync(file, dataOnly);
                if (name)
                    _parts.Files.SyncName(id);
            },
            cancel).ConfigureAwait(false);
        _content.NameUnsynced = false;
    }
}
