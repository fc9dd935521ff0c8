using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Links;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Tasks;

/// <summary>
/// Removes links. First everything that is queued is exported, or the removal is refused; then the decision is stored, and from there on it
/// is carried to its end, after a crash by the next start. Only local rows change: no object is deleted.
/// </summary>
internal sealed partial class LinkRemoval(IMetadataStore store, LinkSet links, ContentCache cache, Exporter exporter, TimeProvider time, ILogger logger)
{
    private const int PageSize = 500;

    /// <summary>Removes a link.</summary>
    /// <param name="link">The link.</param>
    /// <param name="delete">Whether its local files go as well.</param>
    /// <param name="force">Drops what is not exported yet, and leaves files behind that cannot be read any more.</param>
    /// <param name="patience">How long the export of what is queued may take.</param>
    /// <param name="cancel">Cancels until the decision is stored.</param>
    /// <exception cref="LinkException">Something would be lost: the message says what, and what to do.</exception>
    public async Task RunAsync(Link link, bool delete, bool force, TimeSpan patience, CancellationToken cancel)
    {
        if (link.Row.Lifecycle == LinkLifecycle.Deleting)
            throw new LinkException($"{link} is being removed already.");
        LinkRow before = link.Row;
        await links.UpdateAsync(link.Id, row => row with { Lifecycle = LinkLifecycle.Deleting }, cancel).ConfigureAwait(false);
        try
        {
            if (!force)
            {
                await RequireExportedAsync(link, delete, patience, cancel).ConfigureAwait(false);
                if (!delete)
                    await RequireLoadedAsync(link, cancel).ConfigureAwait(false);
            }
            LinkRemovalMode mode = !delete ? LinkRemovalMode.Keep : force ? LinkRemovalMode.DeleteAll : LinkRemovalMode.Delete;
            await links.UpdateAsync(link.Id, row => row with { Options = (link.Options with { Removal = mode }).ToJson() }, cancel).ConfigureAwait(false);
        }
        catch
        {
            await links.UpdateAsync(link.Id, row => row with { Lifecycle = before.Lifecycle, FailureMessage = before.FailureMessage }, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        await FinishAsync(links.Find(link.Id)!).ConfigureAwait(false);
    }

    /// <summary>Takes up a removal that a crash cut short; one that was not decided yet is taken back.</summary>
    public async Task ResumeAsync(Link link)
    {
        if (link.Options.Removal is null)
            await links.UpdateAsync(link.Id, row => row with { Lifecycle = LinkLifecycle.Available }).ConfigureAwait(false);
        else
            await FinishAsync(link).ConfigureAwait(false);
    }

    private async Task RequireExportedAsync(Link link, bool delete, TimeSpan patience, CancellationToken cancel)
    {
        string path = await new NamespacePaths(store, links).GetDirectoryPathAsync(link.Directory, cancel).ConfigureAwait(false) ?? link.Row.Path;
        if (!link.Options.AutoExport)
        {
            // Nobody asked for an export. What stays here loses nothing by the link's end.
            long waiting = delete ? await exporter.CountAsync([path], cancel).ConfigureAwait(false) : 0;
            if (waiting > 0)
                throw new LinkException($"{waiting} changes under {path} were never exported and would be lost; run 'fsxfuse export' on it first, or remove it with --force.");
            return;
        }
        using CancellationTokenSource limit = new(patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            DrainResult result = await exporter.DrainAsync([path], null, either.Token).ConfigureAwait(false);
            if (result.Failures is [ExportFailure first, ..])
            {
                throw new LinkException(
                    $"{result.Failures.Count} changes under {path} could not be exported and would be lost, the first: {first.Path}: {first.Message} Mend that, or remove the link with --force.");
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new LinkException($"{path} is still being exported; remove the link when that is done ('fsxfuse export' waits for it), or with --force.");
        }
    }

    private async Task RequireLoadedAsync(Link link, CancellationToken cancel)
    {
        long files = 0, directories = 0;
        await foreach (ContentRow content in ContentsAsync(link.Id, cancel).ConfigureAwait(false))
        {
            if (IsIncomplete(content) && await store.GetInodeAsync(content.Inode, cancel).ConfigureAwait(false) is { NLink: > 0 })
                files++;
        }
        for (long after = 0; await store.GetDirectoriesAsync(link.Id, after, PageSize, cancel).ConfigureAwait(false) is { Count: > 0 } page; after = page[^1].Id)
            directories += page.Count(row => row.Listing != ListingState.Complete);
        if (files + directories > 0)
        {
            throw new LinkException(
                $"{files} files of {link.Row.Path} are not in the cache and {directories} directories were never listed: without the link they could not be read. "
                + "Load them with 'fsxfuse preload', or remove the link with --delete-data (the objects stay in the bucket), or with --force.");
        }
    }

    private static bool IsIncomplete(ContentRow content) => content.SourceLength > 0 && !content.Flags.HasFlag(ContentFlags.Complete);

    // Each step finds what is left of its own work, so that it may be done again.
    private async Task FinishAsync(Link link)
    {
        long kept = 0;
        await DetachDirectoriesAsync(link).ConfigureAwait(false);
        if (link.Options.Removal is LinkRemovalMode.Delete or LinkRemovalMode.DeleteAll)
            kept = await new TreeRemoval(store, time).RunAsync(link.Directory, keepChanged: link.Options.Removal == LinkRemovalMode.Delete).ConfigureAwait(false);
        long lost = await DetachContentsAsync(link).ConfigureAwait(false);
        string message = $"{link} was removed from {link.Row.Path}."
            + (kept > 0 ? $" {kept} files that changed meanwhile stay there." : "")
            + (lost > 0 ? $" {lost} files that were not in the cache cannot be read any more." : "");
        LogRemoved(logger, message);
        await links.RemoveAsync(link.Id, batch => batch.Add(new RowWrite.AddEvent(new EventRow
        {
            TimeNs = time.Nanoseconds(),
            Code = "LinkRemoved",
            LinkId = link.Id,
            Subject = link.Row.Path,
            Message = message,
        }))).ConfigureAwait(false);
    }

    // From here on nothing is imported into them, and no change in them is noted for an export.
    private async Task DetachDirectoriesAsync(Link link)
    {
        while (await store.GetDirectoriesAsync(link.Id, 0, PageSize).ConfigureAwait(false) is { Count: > 0 } page)
        {
            Batch batch = new(this);
            foreach (DirectoryRow row in page)
                Detach(batch, row);
            if ((await store.CommitAsync(batch).ConfigureAwait(false)).Committed)
                continue;
            foreach (DirectoryRow row in page)
            {
                Batch one = new(this);
                Detach(one, row);
                await store.CommitAsync(one).ConfigureAwait(false);
            }
        }

        static void Detach(Batch batch, DirectoryRow row) => batch.Update(row, row with { LinkId = 0, Prefix = null, Listing = ListingState.Complete });
    }

    /// <summary>Makes the contents local ones; returns how many files lost bytes that only the repository has.</summary>
    private async Task<long> DetachContentsAsync(Link link)
    {
        long lost = 0;
        await foreach (ContentRow content in ContentsAsync(link.Id, CancellationToken.None).ConfigureAwait(false))
        {
            if (await store.GetInodeAsync(content.Inode).ConfigureAwait(false) is not { NLink: > 0 })
                continue;
            if (!IsIncomplete(content) && await TryDetachAsync(content).ConfigureAwait(false))
                continue;
            lost++;
            await MarkLostAsync(content.Inode).ConfigureAwait(false);
        }
        return lost;
    }

    private async Task<bool> TryDetachAsync(ContentRow content)
    {
        if (content.Flags.HasFlag(ContentFlags.Cached))
        {
            try
            {
                // Bytes that a power loss would take can no longer be loaded again.
                using Content open = await cache.OpenAsync(content.Id, CancellationToken.None).ConfigureAwait(false);
                await open.SyncAsync(dataOnly: false, CancellationToken.None).ConfigureAwait(false);
            }
            catch (CacheException e)
            {
                LogUnstable(logger, content.Id, e.Message);
                return false;
            }
        }
        while (await store.GetContentAsync(content.Id).ConfigureAwait(false) is { SourceLink: not 0 } row)
        {
            // Released meanwhile: its bytes are in the repository alone.
            if (IsIncomplete(row))
                return false;
            Batch batch = new(this);
            batch.Update(row, row with
            {
                SourceLink = 0,
                SourceKey = null,
                SourceETag = null,
                SourceVersionId = null,
                SourceLength = 0,
                Flags = row.Flags.HasFlag(ContentFlags.Cached) ? row.Flags | ContentFlags.Dirty : row.Flags,
            });
            if (await store.GetInodeAsync(row.Inode).ConfigureAwait(false) is { } inode && inode.Flags.HasFlag(InodeFlags.Archived))
                batch.Update(inode, inode with { Flags = inode.Flags & ~(InodeFlags.Archived | InodeFlags.AttributesPending) });
            if ((await store.CommitAsync(batch).ConfigureAwait(false)).Committed)
                break;
        }
        return true;
    }

    private async Task MarkLostAsync(long id)
    {
        while (await store.GetInodeAsync(id).ConfigureAwait(false) is { } inode && !inode.Flags.HasFlag(InodeFlags.Lost))
        {
            Batch batch = new(this);
            batch.Update(inode, inode with { Flags = (inode.Flags | InodeFlags.Lost) & ~InodeFlags.AttributesPending });
            if ((await store.CommitAsync(batch).ConfigureAwait(false)).Committed)
                return;
        }
    }

    private async IAsyncEnumerable<ContentRow> ContentsAsync(int link, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        for (long after = 0; await store.GetContentsAsync(ContentFlags.None, after, PageSize, cancel).ConfigureAwait(false) is { Count: > 0 } page; after = page[^1].Id)
        {
            foreach (ContentRow content in page.Where(row => row.SourceLink == link))
                yield return content;
        }
    }

    [LoggerMessage(3710, LogLevel.Information, "{Message}", EventName = "Removed")]
    private static partial void LogRemoved(ILogger logger, string message);

    [LoggerMessage(3711, LogLevel.Error, "Content {Content} could not be made stable: {Reason}", EventName = "Unstable")]
    private static partial void LogUnstable(ILogger logger, long content, string reason);
}
