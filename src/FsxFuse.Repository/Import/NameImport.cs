using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Looks one name up in the repository. A name with an extension is most likely a file: a HEAD of the object and a LIST of one key below
/// the directory of that name, at the same time. Any other is most likely a directory: the first page of its listing, which is kept for
/// whoever reads it next, and a HEAD only if there is nothing. What the answers say about attributes is kept, so that no HEAD is due twice.
/// </summary>
internal sealed class NameImport(ImportContext context, FirstPages pages)
{
    private readonly IMetadataStore _store = context.Store;

    /// <summary>Imports a name of a directory that was never listed; nothing when there is none, or it is known, or waits for its deletion.</summary>
    public async Task RunAsync(long directory, FileName name, CancellationToken cancel)
    {
        if (await _store.GetDirectoryAsync(directory, cancel).ConfigureAwait(false) is { Listing: ListingState.Unlisted } row)
            await ImportAsync(row, name, cancel).ConfigureAwait(false);
    }

    /// <summary>The same whether or not the directory was listed. True when it imported the name.</summary>
    public async Task<bool> ImportAsync(DirectoryRow row, FileName name, CancellationToken cancel)
    {
        if (row.LinkId == 0)
            return false;
        Link link = context.GetLink(row.LinkId);
        try
        {
            using NameWindow taken = context.Tracker.Open(row.Id);
            // Read only now that the window is open: what changes from here on is noted.
            if (await _store.GetDentryAsync(row.Id, name, cancel).ConfigureAwait(false) is not null)
                return false;
            long id = _store.AllocateIds(ImportedRows.IdsPerName);
            ObjectInfo? found;
            if (name.Span.LastIndexOf((byte)'.') > 0)
            {
                Task<ObjectEntry?> belowTask = FindBelowAsync(link, row, name, cancel);
                Task<ObjectInfo?> objectTask = FindFileAsync(link, row, name, cancel);
                await Task.WhenAll(belowTask, objectTask).ConfigureAwait(false);
                if (await belowTask.ConfigureAwait(false) is { } below)
                    return await CommitAsync(row, name, taken, (batch, at) => AddDirectory(batch, link, at, name, below, id), cancel).ConfigureAwait(false);
                found = await objectTask.ConfigureAwait(false);
            }
            else
            {
                if (await TryDirectoryAsync(link, row, name, taken, id, cancel).ConfigureAwait(false) is { } imported)
                    return imported;
                found = await FindFileAsync(link, row, name, cancel).ConfigureAwait(false);
            }
            if (found is not { } info)
                return false;
            PosixMetadata metadata = link.Options.PosixMetadata ? PosixMetadata.Read(info.Metadata) : PosixMetadata.None;
            byte[]? target = await SymlinkTargets.ReadAsync(context, link, info, metadata, cancel).ConfigureAwait(false);
            return await CommitAsync(
                row, name, taken, (batch, at) => ImportedRows.AddFile(batch, link, at.Id, name, info, metadata, target, id), cancel).ConfigureAwait(false);
        }
        catch (ObjectStoreException e)
        {
            throw await context.FailAsync(link, $"{link.Url.Scheme}://{link.Url.Container}/{row.Prefix}{name}", e).ConfigureAwait(false);
        }
    }

    /// <summary>Imports the name if it is a directory's; null when there is none.</summary>
    private async Task<bool?> TryDirectoryAsync(Link link, DirectoryRow row, FileName name, NameWindow taken, long id, CancellationToken cancel)
    {
        if (await FindPrefixAsync(link, row, name, cancel).ConfigureAwait(false) is not { } prefix)
            return null;
        FirstPage page = await pages.FetchAsync(id, link, prefix, cancel).ConfigureAwait(false);
        bool keep = false;
        try
        {
            if (page.IsEmpty)
                return null;
            return keep = await CommitAsync(row, name, taken, (batch, at) => AddDirectory(batch, link, at, name, page.Marker, id), cancel).ConfigureAwait(false);
        }
        finally
        {
            if (keep)
                pages.Hold(id, page);
            else
                page.Dispose();
        }
    }

    private async Task<ObjectEntry?> FindBelowAsync(Link link, DirectoryRow row, FileName name, CancellationToken cancel) =>
        await FindPrefixAsync(link, row, name, cancel).ConfigureAwait(false) is { } prefix ? await ImportContext.FirstBelowAsync(link, prefix, cancel).ConfigureAwait(false) : null;

    /// <summary>The prefix that a directory of this name has; null when there can be none, or what is there waits for its deletion or belongs to a moved directory.</summary>
    private async ValueTask<string?> FindPrefixAsync(Link link, DirectoryRow row, FileName name, CancellationToken cancel)
    {
        if (KeyMap.ToKey(row.Prefix ?? "", name, isDirectory: true, out string prefix) is not null)
            return null;
        if ((await _store.GetQueuedKeysAsync(link.Id, prefix, cancel).ConfigureAwait(false)).Count > 0
            || await context.Moves.HasUnderAsync(link.Id, prefix, cancel).ConfigureAwait(false))
        {
            return null;
        }
        return prefix;
    }

    private async Task<ObjectInfo?> FindFileAsync(Link link, DirectoryRow row, FileName name, CancellationToken cancel)
    {
        if (KeyMap.ToKey(row.Prefix ?? "", name, isDirectory: false, out string key) is not null
            || await _store.GetExportAsync(ExportKind.Key, link.Id, 0, key, cancel).ConfigureAwait(false) is not null)
        {
            return null;
        }
        return await context.HeadAsync(link, key, cancel).ConfigureAwait(false);
    }

    /// <summary>Adds a directory that has anything in it; the first key that it has, if known, is the marker or shows that there is none.</summary>
    private static void AddDirectory(Batch batch, Link link, DirectoryRow parent, FileName name, ObjectEntry? first, long id)
    {
        KeyMap.ToKey(parent.Prefix ?? "", name, isDirectory: true, out string prefix);
        bool hasMarker = first is { } entry && entry.Key.Length == prefix.Length;
        ImportedRows.AddDirectory(batch, link, parent.Id, name, prefix, id, hasMarker);
        if (hasMarker)
            ImportedRows.AddMarker(batch, link, first!.Value);
        batch.Add(new RowWrite.MergeInode(parent.Id, long.MinValue, long.MinValue, 1));
    }

    /// <summary>Commits unless the name was touched since we asked.</summary>
    private async Task<bool> CommitAsync(DirectoryRow row, FileName name, NameWindow taken, Action<Batch, DirectoryRow> add, CancellationToken cancel)
    {
        while (!taken.Contains(name))
        {
            Batch batch = context.NewBatch();
            batch.Require(new Guard.DirectoryVersion(row.Id, row.Version));
            add(batch, row);
            // A name that turns up in a directory whose names were all known is a change of that directory.
            if (row.Listing == ListingState.Complete)
                batch.Add(new RowWrite.MergeInode(row.Id, context.NowNs, context.NowNs, 0));
            CommitResult result = await _store.CommitAsync(batch, cancel).ConfigureAwait(false);
            if (result.Committed)
                return true;
            if (result.FailedGuard is not Guard.DirectoryVersion)
                return false;
            DirectoryRow? again = await _store.GetDirectoryAsync(row.Id, cancel).ConfigureAwait(false);
            if (again is null || again.LinkId != row.LinkId || again.Prefix != row.Prefix)
                return false;
            row = again;
        }
        return false;
    }
}
