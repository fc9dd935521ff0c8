using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Loading;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Hsm;

/// <summary>Loads all bytes of a file; has S3 restore the object first when it is in an archive class.</summary>
internal sealed class HsmRestore(IMetadataStore store, LinkSet links, ContentCache cache, HsmOptions options, TimeProvider time, ILogger logger)
{
    // Thousands of objects are asked for in one go: an event for each would push all others out.
    private static readonly TimeSpan EventInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _lastEvent;
    private bool _anyEvent;
    private int _unsaid;

    /// <summary>One try.</summary>
    public async Task<HsmOutcome> RunAsync(HsmRequest request, CancellationToken cancel)
    {
        if (await store.GetInodeAsync(request.Row.Inode, cancel).ConfigureAwait(false) is not { ContentId: not 0 } inode
            || await store.GetContentAsync(inode.ContentId, cancel).ConfigureAwait(false) is not { } row)
            return HsmOutcome.Done;
        try
        {
            using Content content = await cache.OpenAsync(row.Id, cancel).ConfigureAwait(false);
            await content.EnsureResidentAsync(0, content.Length, new Moved(request), cancel).ConfigureAwait(false);
            return HsmOutcome.Done;
        }
        catch (CacheException e) when (e.Errno == RepositoryFailure.ENODATA)
        {
            return await AskAsync(request, row, cancel).ConfigureAwait(false);
        }
        catch (CacheException e) when (e.Errno is Errno.ENOENT)
        {
            // Replaced or deleted meanwhile.
            return HsmOutcome.Done;
        }
        catch (CacheException e)
        {
            return e.Errno is Errno.EACCES or Errno.ENOSPC ? await FailAsync(row, e.Message, cancel).ConfigureAwait(false) : HsmOutcome.Again(e.Message);
        }
    }

    private async Task<HsmOutcome> AskAsync(HsmRequest request, ContentRow row, CancellationToken cancel)
    {
        if (row.SourceKey is not { } key || links.Find(row.SourceLink) is not { } link)
            return HsmOutcome.Failed($"The link that content {row.Id} was imported through was removed.");
        try
        {
            string? version = null;
            ObjectInfo? info = await link.Store.HeadAsync(key, null, cancel).ConfigureAwait(false);
            if (info?.ETag != row.SourceETag && row.SourceVersionId is not null)
                info = await link.Store.HeadAsync(key, version = row.SourceVersionId, cancel).ConfigureAwait(false);
            if (info is null || info.ETag != row.SourceETag)
                return await FailAsync(row, $"'{key}' was changed or deleted in the repository since it was imported.", cancel).ConfigureAwait(false);
            RestoreState state = info.Restore;
            if (state == RestoreState.Archived)
            {
                RestoreOptions asked = new(ObjectStorageClasses.IsArchive(info.StorageClass) ? link.Options.RestoreDays : null, link.Options.RestoreTier);
                state = await link.Store.RestoreAsync(key, asked, version, cancel).ConfigureAwait(false);
                HsmLog.RestoreRequested(logger, key, info.StorageClass, asked.Tier, asked.Days);
                await TellAsync(link, key, info.StorageClass, asked, cancel).ConfigureAwait(false);
            }
            string note = $"S3 restores '{key}' from {info.StorageClass} ({link.Options.RestoreTier}); it is loaded when that is done.";
            return state == RestoreState.Restoring ? HsmOutcome.Later(note, NextPoll(request)) : HsmOutcome.Again(note);
        }
        catch (ObjectStoreException e)
        {
            return e.IsTransient ? HsmOutcome.Again(e.Message) : await FailAsync(row, e.Message, cancel).ConfigureAwait(false);
        }
    }

    private TimeSpan NextPoll(HsmRequest request)
    {
        double seconds = options.ArchivePollFirst.TotalSeconds * Math.Pow(1.5, Math.Min(request.Polls++, 30));
        return TimeSpan.FromSeconds(Math.Min(seconds, options.ArchivePollMax.TotalSeconds));
    }

    private async ValueTask TellAsync(Link link, string key, string storageClass, RestoreOptions asked, CancellationToken cancel)
    {
        int others;
        lock (_lock)
        {
            if (_anyEvent && time.GetElapsedTime(_lastEvent) < EventInterval)
            {
                _unsaid++;
                return;
            }
            (others, _unsaid, _lastEvent, _anyEvent) = (_unsaid, 0, time.GetTimestamp(), true);
        }
        string kept = asked.Days is { } days ? $", and to keep the copy for {days} days" : "";
        string more = others > 0 ? $" So it was for {others} other objects since the last such event." : "";
        await AddEventAsync(link.Id, HsmEventCode.RestoreRequested, key, $"S3 was asked to restore '{key}' from {storageClass} ({asked.Tier}){kept}.{more}", cancel).ConfigureAwait(false);
    }

    private async ValueTask<HsmOutcome> FailAsync(ContentRow row, string why, CancellationToken cancel)
    {
        await AddEventAsync(row.SourceLink, HsmEventCode.RestoreFailed, row.SourceKey ?? "", why, cancel).ConfigureAwait(false);
        return HsmOutcome.Failed(why);
    }

    private async ValueTask AddEventAsync(int link, string code, string subject, string message, CancellationToken cancel) =>
        await store.CommitAsync(
            new Batch(this).Add(new RowWrite.AddEvent(new EventRow { TimeNs = time.Nanoseconds(), Code = code, LinkId = link, Subject = subject, Message = message })), cancel)
            .ConfigureAwait(false);

    private sealed class Moved(HsmRequest request) : IProgress<long>
    {
        public void Report(long value) => request.BytesMoved = value;
    }
}
