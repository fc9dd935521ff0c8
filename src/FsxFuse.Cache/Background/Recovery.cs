using FsxFuse.Cache.Native;
using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>
/// Brings rows back in line with what the content files hold after a crash. Rows of contents that nobody has open. Never invents
/// bytes: what is missing comes from the source again, or is reported as lost.
/// </summary>
internal sealed class Recovery
{
    private const int Page = 1000;

    private readonly CacheParts _parts;
    private readonly BootRecord _boots;

    internal Recovery(CacheParts parts, BootRecord boots)
    {
        _parts = parts;
        _boots = boots;
    }

    /// <summary>Everything that was being written and, after a power loss, everything that has no stable copy elsewhere.</summary>
    internal async Task RunAsync(CancellationToken cancel)
    {
        int writing = await ForEachAsync(ContentFlags.Writing, _ => true, cancel).ConfigureAwait(false);
        if (writing > 0)
            CacheLog.Recovered(_parts.Logger, writing);
        if (_boots.PowerWasLost)
        {
            int dirty = await ForEachAsync(ContentFlags.Dirty, row => !_boots.IsTrusted(row.UnsyncedBoot), cancel).ConfigureAwait(false);
            CacheLog.PowerLost(_parts.Logger, dirty);
        }

        await _boots.RecoveredAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The row as it may be used now: a clean content with bytes that a power loss may have taken is released, a missing file looked into.</summary>
    /// <exception cref="CacheException">EIO: its bytes are lost.</exception>
    internal async ValueTask<ContentRow> CheckAsync(ContentRow row, bool fileExists, CancellationToken cancel)
    {
        bool fresh = !fileExists && row.SourceLink == 0 && (row.Flags & ContentFlags.Writing) != 0;
        if ((row.Flags & ContentFlags.Cached) == 0 || fresh || (fileExists && _boots.IsTrusted(row.UnsyncedBoot)))
            return row;
        return await RecoverAsync(row, cancel).ConfigureAwait(false);
    }

    private async ValueTask<int> ForEachAsync(ContentFlags flags, Func<ContentRow, bool> applies, CancellationToken cancel)
    {
        int count = 0;
        long after = 0;
        while (true)
        {
            IReadOnlyList<ContentRow> rows = await _parts.Store.GetContentsAsync(flags, after, Page, cancel).ConfigureAwait(false);
            foreach (ContentRow row in rows)
            {
                after = row.Id;
                if (!applies(row))
                    continue;
                try
                {
                    await RecoverAsync(row, cancel).ConfigureAwait(false);
                }
                catch (CacheException)
                {
                    // Lost bytes are in the log and the events; the others must be recovered all the same.
                }

                count++;
            }

            if (rows.Count < Page)
                return count;
        }
    }

    private async ValueTask<ContentRow> RecoverAsync(ContentRow row, CancellationToken cancel)
    {
        while (true)
        {
            InodeRow? inode = await _parts.Store.GetInodeAsync(row.Inode, cancel).ConfigureAwait(false);
            var batch = new Batch(_parts.Origin);
            string? lost = null;
            ContentRow recovered = DiskFile.Stat(_parts.Files.PathOf(row.Id)) is { } status
                ? await FromFileAsync(batch, row, inode, status, cancel).ConfigureAwait(false)
                : WithoutFile(batch, row, inode, out lost);
            if (!batch.IsEmpty)
            {
                CommitResult result = await _parts.Store.CommitAsync(batch, cancel).ConfigureAwait(false);
                if (!result.Committed)
                {
                    row = await _parts.Store.GetContentAsync(row.Id, cancel).ConfigureAwait(false)
                        ?? throw new CacheException(Errno.ENOENT, $"Content {row.Id} was deleted.");
                    continue;
                }
            }

            if ((recovered.Flags & ContentFlags.Cached) == 0)
            {
                _parts.Files.Remove(row.Id);
                _parts.Removal.NoteUnstable(row.Id);
            }

            if (lost is null)
                return recovered;
            _parts.Counters.Loss();
            CacheLog.Lost(_parts.Logger, row.Id, row.Inode, lost);
            throw new CacheException(Errno.EIO, $"The bytes of inode {row.Inode} are lost: {lost}");
        }
    }

    private async ValueTask<ContentRow> FromFileAsync(Batch batch, ContentRow row, InodeRow? inode, FileStatus status, CancellationToken cancel)
    {
        bool trusted = _boots.IsTrusted(row.UnsyncedBoot);
        if ((row.Flags & ContentFlags.Dirty) == 0 && !trusted)
            return Release(batch, row);

        long size = status.Size;
        bool complete = (row.Flags & ContentFlags.Complete) != 0;
        long sourceLength = row.SourceLink == 0 ? 0 : row.SourceLength;
        PageMap? map = complete ? null : PageMap.FromRows(await _parts.Store.GetBlockMapsAsync(row.Id, cancel).ConfigureAwait(false));
        if (map is not null && !trusted && size < sourceLength && !map.HasAny(PageState.DirtyStable))
        {
            // The size of a sparse file that was just made was lost with the power. (One that was ever flushed kept it: then it was truncated, and
            // the row does not know of it yet.)
            size = sourceLength;
            using Microsoft.Win32.SafeHandles.SafeFileHandle? file = DiskFile.Open(_parts.Files.PathOf(row.Id), Libc.O_RDWR);
            if (file is not null)
            {
                DiskFile.Truncate(file, size);
                // The row will say that all is stable, and nobody looks again.
                DiskFile.Sync(file, dataOnly: false);
            }
        }

        sourceLength = Math.Min(sourceLength, size);
        if (map is not null)
            RecoverMap(batch, row, map, sourceLength, trusted);
        bool writing = (row.Flags & ContentFlags.Writing) != 0;
        if (inode is not null && inode.ContentId == row.Id && (writing || inode.Size != size))
        {
            long now = Clock.NowNs(_parts.Time);
            batch.Update(inode, inode with { Size = size, MtimeNs = writing ? status.MtimeNs : inode.MtimeNs, CtimeNs = Math.Max(inode.CtimeNs, writing ? status.MtimeNs : now) });
        }

        if (writing || !trusted)
            QueueExport(batch, row);
        return Update(batch, row, row with
        {
            Flags = (row.Flags & ~ContentFlags.Writing) | (sourceLength == 0 ? ContentFlags.Complete : 0),
            SourceLength = row.SourceLink == 0 ? row.SourceLength : sourceLength,
            UnsyncedBoot = trusted ? row.UnsyncedBoot : null,
        });
    }

    private static void RecoverMap(Batch batch, ContentRow row, PageMap map, long sourceLength, bool trusted)
    {
        long firstGone = map.Clip(PageMap.Pages(sourceLength));
        if (!trusted)
        {
            map.Replace(PageState.Clean, PageState.Absent);
            map.Replace(PageState.DirtyUnsynced, PageState.Absent);
        }

        batch.Add(new RowWrite.DeleteBlockMaps(row.Id, firstGone));
        foreach (BlockMapRow changed in map.TakeChanges(row.Id))
            batch.Add(new RowWrite.PutBlockMap(changed));
    }

    private ContentRow WithoutFile(Batch batch, ContentRow row, InodeRow? inode, out string? lost)
    {
        lost = null;
        bool dirty = (row.Flags & ContentFlags.Dirty) != 0;
        if (row.SourceLink != 0)
        {
            if (dirty)
                AddEvent(batch, row, "ContentFileMissing", "The content file of a changed file is missing: the file is again what its object holds.");
            if (dirty && inode is not null && inode.ContentId == row.Id)
            {
                batch.Update(inode, inode with { Size = row.SourceLength });
                QueueExport(batch, row);
            }

            return Release(batch, row);
        }

        // Its file is made by the first write: one that never came leaves an empty file.
        if ((row.Flags & ContentFlags.Writing) != 0 || inode is null || inode.Size == 0)
        {
            if ((row.Flags & ContentFlags.Writing) == 0)
                return row;
            if (inode is not null && inode.ContentId == row.Id && inode.Size != 0)
                batch.Update(inode, inode with { Size = 0 });
            QueueExport(batch, row);
            return Update(batch, row, row with { Flags = (row.Flags & ~ContentFlags.Writing) | ContentFlags.Complete });
        }

        if (!_boots.IsTrusted(row.UnsyncedBoot) && !_parts.Files.IsNew)
        {
            // Closed, never synced, and the disk never heard of its file: empty, as on any disk.
            AddEvent(batch, row, "ContentNotSynced", $"Inode {row.Inode} was written shortly before the power was lost and not synced: it is empty now.");
            batch.Update(inode, inode with { Size = 0 });
            QueueExport(batch, row);
            return Update(batch, row, row with { Flags = row.Flags | ContentFlags.Complete, UnsyncedBoot = null });
        }

        lost = $"its content file {_parts.Files.PathOf(row.Id)} is missing and no object holds them. Restore the file from a backup, or delete it.";
        if ((inode.Flags & InodeFlags.Lost) == 0)
        {
            AddEvent(batch, row, "ContentLost", $"The bytes of inode {row.Inode} are lost: {lost}");
            batch.Update(inode, inode with { Flags = inode.Flags | InodeFlags.Lost });
        }

        return row;
    }

    private static ContentRow Release(Batch batch, ContentRow row)
    {
        batch.Add(new RowWrite.DeleteBlockMaps(row.Id));
        return Update(batch, row, row with { Flags = ContentFlags.None, UnsyncedBoot = null });
    }

    private static ContentRow Update(Batch batch, ContentRow row, ContentRow changed) => changed == row ? row : batch.Update(row, changed);

    private void QueueExport(Batch batch, ContentRow row)
    {
        long now = Clock.NowNs(_parts.Time);
        batch.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = row.Inode, QueuedNs = now, NotBeforeNs = now }));
    }

    private void AddEvent(Batch batch, ContentRow row, string code, string message) =>
        batch.Add(new RowWrite.AddEvent(new EventRow
        {
            TimeNs = Clock.NowNs(_parts.Time),
            Code = code,
            LinkId = row.SourceLink,
            Subject = row.SourceKey ?? $"inode {row.Inode}",
            Message = message,
        }));
}
