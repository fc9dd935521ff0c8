using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Import;

/// <summary>Decides what a HEAD's answer changes, from the rows as they are now.</summary>
internal sealed class AttributeRows(ImportContext context)
{
    private readonly IMetadataStore _store = context.Store;

    /// <summary>Adds one answer to a batch. True when the object is at another key by now: nothing was added, ask there.</summary>
    public async ValueTask<bool> AddAsync(Batch batch, AttributeResult result, CancellationToken cancel)
    {
        if (await _store.GetInodeAsync(result.Inode, cancel).ConfigureAwait(false) is not { } inode || !inode.Flags.HasFlag(InodeFlags.AttributesPending))
            return false;
        if (inode.IsDirectory)
            return await AddDirectoryAsync(batch, result, inode, cancel).ConfigureAwait(false);
        ContentRow? content = inode.ContentId == 0 ? null : await _store.GetContentAsync(inode.ContentId, cancel).ConfigureAwait(false);
        if (result.Link is not { } link || content is not { SourceLink: not 0, SourceKey: not null })
        {
            Settle(batch, inode, result);
            return false;
        }
        if (content.SourceLink != link.Id || content.SourceKey != result.Key)
            return true;
        if (content.Flags.HasFlag(ContentFlags.Dirty) || content.Flags.HasFlag(ContentFlags.Writing))
        {
            // Size, times and bytes are ours by now; whether the object changed as well is for the export to find.
            Settle(batch, inode, result with { Metadata = result.Metadata with { MtimeNs = null, AtimeNs = null } });
            return false;
        }
        IReadOnlyList<DentryRow> names = await _store.GetNamesAsync(inode.Id, cancel).ConfigureAwait(false);
        if (result.Info is null)
            await AddMissingAsync(batch, result, link, inode, content, names, cancel).ConfigureAwait(false);
        else
            AddFound(batch, result, link, inode, content, names);
        return false;
    }

    private void AddFound(Batch batch, AttributeResult result, Link link, InodeRow inode, ContentRow content, IReadOnlyList<DentryRow> names)
    {
        ObjectRow source = ImportedRows.ToRow(link, result.Info!);
        bool same = content.SourceETag == source.ETag;
        if ((!same || result.Target is not null) && content.Flags != ContentFlags.None && names.Count == 1)
        {
            // Some bytes of the version before are cached, and may be open.
            Succession.Replace(batch, names[0], inode, content, link, result.Info!, result.Metadata, result.Target, _store.AllocateIds(ImportedRows.IdsPerName));
            return;
        }
        InodeRow changed = inode with { Flags = inode.Flags & ~InodeFlags.AttributesPending };
        if (!same)
            changed = changed with { Size = source.Size, MtimeNs = source.ModifiedNs, AtimeNs = source.ModifiedNs };
        changed = ImportedRows.Describe(changed, result.Metadata, result.Target);
        if (result.Target is not null)
        {
            batch.Require(new Guard.ContentVersion(content.Id, content.Version));
            batch.Add(new RowWrite.DeleteContent(content.Id));
            changed = changed with { ContentId = 0 };
        }
        else if (!same)
        {
            // A new content rather than a new source: whoever has the former open must not get bytes of another version.
            batch.Require(new Guard.ContentVersion(content.Id, content.Version));
            batch.Add(new RowWrite.DeleteContent(content.Id));
            changed = changed with { ContentId = _store.AllocateIds() };
            batch.Add(new RowWrite.PutContent(ImportedRows.NewContent(changed.ContentId, inode.Id, source)));
        }
        else if (content.SourceVersionId is null && source.VersionId is not null)
        {
            batch.Update(content, content with { SourceVersionId = source.VersionId });
        }
        batch.Update(inode, changed);
        byte type = FileType.ToDirentType(changed.Mode);
        foreach (DentryRow name in names.Where(n => n.Type != type))
        {
            batch.Require(new Guard.DentryIs(name.Parent, name.Name, inode.Id));
            batch.Add(new RowWrite.PutDentry(name with { Type = type }));
        }
        if (!same || source.VersionId is not null)
            batch.Add(new RowWrite.PutObject(source));
    }

    private async ValueTask AddMissingAsync(
        Batch batch, AttributeResult result, Link link, InodeRow inode, ContentRow content, IReadOnlyList<DentryRow> names, CancellationToken cancel)
    {
        bool queued = await _store.GetExportAsync(ExportKind.Inode, 0, inode.Id, "", cancel).ConfigureAwait(false) is not null
            || await _store.GetExportAsync(ExportKind.Key, link.Id, 0, result.Key, cancel).ConfigureAwait(false) is not null;
        if (!queued && names.Count == 1 && content.Flags == ContentFlags.None)
        {
            Succession.Remove(batch, names[0], inode, content, link.Id, result.Key, context.NowNs);
            return;
        }
        // Renamed or linked here and deleted there: the name stays, and says that its bytes are gone.
        batch.Update(inode, inode with
        {
            Flags = (inode.Flags & ~InodeFlags.AttributesPending) | (content.Flags.HasFlag(ContentFlags.Complete) ? InodeFlags.None : InodeFlags.Lost),
        });
        batch.Add(new RowWrite.AddEvent(new EventRow
        {
            TimeNs = context.NowNs,
            Code = "S3ImportObjectDeleted",
            LinkId = link.Id,
            Subject = result.Key,
            Message = $"The object '{result.Key}' was deleted before its file, which was renamed or linked here, was loaded.",
        }));
    }

    private async ValueTask<bool> AddDirectoryAsync(Batch batch, AttributeResult result, InodeRow inode, CancellationToken cancel)
    {
        DirectoryRow? row = await _store.GetDirectoryAsync(inode.Id, cancel).ConfigureAwait(false);
        if (row is not null && result.Link is not null && (row.LinkId != result.Link.Id || row.Prefix != result.Key))
            return row.LinkId != 0;
        PosixMetadata metadata = result.Metadata;
        // A directory that changed here since it was imported has a time of its own.
        if (result.Link is null || inode.MtimeNs != result.Link.Row.CreatedNs)
            metadata = metadata with { MtimeNs = null };
        Settle(batch, inode, result with { Metadata = metadata, Target = null });
        if (result is { Link: { } link, Info: { } info } && row is not null)
            batch.Add(new RowWrite.PutObject(ImportedRows.ToRow(link, info)));
        return false;
    }

    private static void Settle(Batch batch, InodeRow inode, AttributeResult result) =>
        batch.Update(inode, ImportedRows.Describe(inode with { Flags = inode.Flags & ~InodeFlags.AttributesPending }, result.Metadata, null));
}
