using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Export;

namespace FsxFuse.Repository.Hsm;

/// <summary>
/// <c>lfs hsm_set</c> and <c>hsm_clear</c>: pins and marks are a person's to give; that there is a copy, and whether it is the file's, are
/// facts that cannot be told otherwise.
/// </summary>
internal sealed class HsmFlagChange(IMetadataStore store, ContentCache cache, TimeProvider time)
{
    private const int EPERM = 1;

    private static readonly (HsmFlags Hsm, InodeFlags Inode)[] Marks =
    [
        (HsmFlags.NoRelease, InodeFlags.NoRelease), (HsmFlags.NoArchive, InodeFlags.NoArchive), (HsmFlags.Lost, InodeFlags.Lost),
    ];

    public async ValueTask<int> ChangeAsync(InodeRow inode, HsmFlags state, HsmFlags wanted, bool raise, CancellationToken cancel)
    {
        HsmFlags change = raise ? wanted & ~state : wanted & state;
        HsmFlags marks = change & (HsmFlags.NoRelease | HsmFlags.NoArchive | HsmFlags.Lost);
        bool dirty = raise && change.HasFlag(HsmFlags.Dirty) && state.HasFlag(HsmFlags.Archived) && !state.HasFlag(HsmFlags.Released);
        if ((change & ~marks & (dirty ? ~HsmFlags.Dirty : ~HsmFlags.None)) != 0)
            return EPERM;
        if (dirty && inode.ContentId != 0)
        {
            using Content content = await cache.OpenAsync(inode.ContentId, cancel).ConfigureAwait(false);
            if (!await content.MarkDirtyAsync(cancel).ConfigureAwait(false))
                return EPERM;
        }
        return marks == 0 ? 0 : await MarkAsync(inode, marks, raise, cancel).ConfigureAwait(false);
    }

    private async ValueTask<int> MarkAsync(InodeRow inode, HsmFlags marks, bool raise, CancellationToken cancel)
    {
        InodeFlags flags = InodeFlags.None;
        foreach ((HsmFlags hsm, InodeFlags mark) in Marks)
            flags |= marks.HasFlag(hsm) ? mark : InodeFlags.None;
        for (InodeRow? row = inode; row is not null; row = await store.GetInodeAsync(inode.Id, cancel).ConfigureAwait(false))
        {
            Batch batch = new(this);
            batch.Update(row, row with { Flags = raise ? row.Flags | flags : row.Flags & ~flags });
            // What changed while it was not to be archived is due now.
            if (!raise && flags.HasFlag(InodeFlags.NoArchive))
                batch.Add(new RowWrite.QueueExport(EntryId.Inode(row.Id).ToRow(time.Nanoseconds())));
            if ((await store.CommitAsync(batch, cancel).ConfigureAwait(false)).Committed)
                return 0;
        }
        return Errno.ESTALE;
    }
}
