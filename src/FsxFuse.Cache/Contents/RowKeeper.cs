using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>
/// The row of one content as last committed, its block map, and the one way both are changed: a commit under the row's version.
/// Commits are made by holders of the content's gate alone; other parts of the process may commit the same row (a new source key),
/// which the change feed tells, and then a commit here is tried again on the newer row.
/// </summary>
internal sealed class RowKeeper
{
    private readonly IMetadataStore _store;
    private readonly object _origin;
    private readonly TimeProvider _time;
    private ContentRow _row;

    internal RowKeeper(IMetadataStore store, object origin, TimeProvider time, string boot, ContentRow row, PageMap map)
    {
        _store = store;
        _origin = origin;
        _time = time;
        Boot = boot;
        _row = row;
        Map = map;
    }

    /// <summary>Guards <see cref="Map"/>, <see cref="SourceLimit"/> and what the loader keeps. Never held across I/O or a commit. Leaf but for the budget's.</summary>
    internal Lock Lock { get; } = new();

    /// <summary>The row as last committed.</summary>
    internal ContentRow Row => Volatile.Read(ref _row);

    /// <summary>Pages present; meaningless while <see cref="IsComplete"/>.</summary>
    internal PageMap Map { get; }

    internal string Boot { get; }

    /// <summary>Bound of the source that a truncation set and no commit stored yet.</summary>
    internal long SourceLimit { get; set; } = long.MaxValue;

    /// <summary>The row was deleted.</summary>
    internal bool Gone { get; private set; }

    internal bool IsComplete => (Row.Flags & ContentFlags.Complete) != 0;

    internal bool Has(ContentFlags flag) => (Row.Flags & flag) != 0;

    /// <summary>Bytes [0, this) are missing where the map says absent.</summary>
    internal long SourceEnd
    {
        get
        {
            ContentRow row = Row;
            return row.SourceLink == 0 || (row.Flags & ContentFlags.Complete) != 0 ? 0 : Math.Min(row.SourceLength, SourceLimit);
        }
    }

    /// <summary>Every byte the source would give is in the file. Under <see cref="Lock"/>.</summary>
    internal bool NothingMissing
    {
        get
        {
            long pages = PageMap.Pages(SourceEnd);
            return Map.FirstAbsent(pages) >= pages;
        }
    }

    /// <summary>Another part committed this row.</summary>
    internal void Observe(ContentRow row)
    {
        ContentRow known = Row;
        while (row.Version > known.Version)
        {
            ContentRow seen = Interlocked.CompareExchange(ref _row, row, known);
            if (ReferenceEquals(seen, known))
                return;
            known = seen;
        }
    }

    internal void MarkGone() => Gone = true;

    /// <summary>An entry that queues the content's inode for export, due now.</summary>
    internal RowWrite QueueExport()
    {
        long now = Clock.NowNs(_time);
        return new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = Row.Inode, QueuedNs = now, NotBeforeNs = now });
    }

    /// <summary>
    /// Commits the row as <paramref name="change"/> makes it, the map's unstored chunks and the caller's <paramref name="join"/>. The
    /// delegates run again when the row moved on. Gate held.
    /// </summary>
    /// <exception cref="GuardFailedException">A condition of the join failed.</exception>
    /// <exception cref="CacheException">ENOSPC or EIO when the store failed; ESTALE when the content was deleted.</exception>
    internal async ValueTask CommitAsync(Func<ContentRow, ContentRow> change, Action<Batch>? join, CancellationToken cancel, long deleteMapsFrom = -1)
    {
        while (true)
        {
            ContentRow row = Row;
            var batch = new Batch(_origin);
            List<BlockMapRow>? maps = null;
            ContentRow changed;
            lock (Lock)
            {
                changed = change(row);
                if (changed.SourceLength > SourceLimit)
                    changed = changed with { SourceLength = SourceLimit };
                if ((changed.Flags & ContentFlags.Complete) == 0 && (changed.Flags & ContentFlags.Cached) != 0 && Map.HasChanges)
                    maps = Map.TakeChanges(row.Id);
            }

            if (changed != row)
                changed = batch.Update(row, changed);
            else if (maps is not null)
                batch.Require(new Guard.ContentVersion(row.Id, row.Version));
            bool becameComplete = (changed.Flags & ~row.Flags & ContentFlags.Complete) != 0;
            bool released = (row.Flags & ~changed.Flags & ContentFlags.Cached) != 0;
            if (becameComplete || released)
                batch.Add(new RowWrite.DeleteBlockMaps(row.Id));
            else if (deleteMapsFrom >= 0)
                batch.Add(new RowWrite.DeleteBlockMaps(row.Id, deleteMapsFrom));
            foreach (BlockMapRow map in maps ?? [])
                batch.Add(new RowWrite.PutBlockMap(map));
            join?.Invoke(batch);
            if (batch.IsEmpty)
                return;

            bool stored = false;
            try
            {
                CommitResult result = await _store.CommitAsync(batch, cancel).ConfigureAwait(false);
                if (result.Committed)
                {
                    stored = true;
                    lock (Lock)
                    {
                        Observe(changed);
                        if (changed.SourceLength <= SourceLimit)
                            SourceLimit = long.MaxValue;
                    }

                    return;
                }

                if (result.FailedGuard is not Guard.ContentVersion guard || guard.Id != row.Id || guard.Version != row.Version)
                    throw new GuardFailedException(result.FailedGuard!);
                if (await _store.GetContentAsync(row.Id, cancel).ConfigureAwait(false) is not { } newer)
                {
                    MarkGone();
                    throw new CacheException(Errno.ESTALE, $"Content {row.Id} was deleted while it was in use.");
                }

                Observe(newer);
            }
            catch (MetadataStoreException e)
            {
                int errno = e.Failure == MetadataFailure.Full ? Errno.ENOSPC : Errno.EIO;
                throw new CacheException(errno, $"The state of content {row.Id} could not be recorded: {e.Message}", e);
            }
            finally
            {
                if (!stored && maps is not null)
                {
                    lock (Lock)
                        Map.Unstore(maps);
                }
            }
        }
    }
}
