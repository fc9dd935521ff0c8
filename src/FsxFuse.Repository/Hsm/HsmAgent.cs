using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Links;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Hsm;

/// <summary>
/// What <c>lfs hsm_*</c> asks about a file's copy in its repository, by Lustre's rules (mdt_hsm.c): a request that the state makes needless
/// succeeds, one that it forbids is EPERM.
/// </summary>
public sealed class HsmAgent : IHsmAgent, IAsyncDisposable
{
    private const int EPERM = 1;
    private const int EBUSY = 16;

    private readonly IMetadataStore _store;
    private readonly ContentCache _cache;
    private readonly Exporter _exporter;
    private readonly TimeProvider _time;
    private readonly HsmOptions _options;
    private readonly HsmRestore _restore;
    private readonly HsmFlagChange _flags;
    private readonly HsmQueue _queue;

    /// <summary>Makes the agent; <see cref="StartAsync"/> sets it to work.</summary>
    /// <param name="store">The file system's metadata.</param>
    /// <param name="links">Its links.</param>
    /// <param name="cache">Its contents.</param>
    /// <param name="exporter">Its exports.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="options">How it works; null for the defaults.</param>
    public HsmAgent(IMetadataStore store, LinkSet links, ContentCache cache, Exporter exporter, TimeProvider time, ILogger logger, HsmOptions? options = null)
    {
        _store = store;
        _cache = cache;
        _exporter = exporter;
        _time = time;
        _options = options ?? new HsmOptions();
        _restore = new HsmRestore(store, links, cache, _options, time, logger);
        _flags = new HsmFlagChange(store, cache, time);
        _queue = new HsmQueue(store, RunAsync, _options, time, logger);
    }

    /// <summary>Takes up the requests that an earlier run left, and begins to work.</summary>
    public Task StartAsync(CancellationToken cancel) => _queue.StartAsync(cancel);

    /// <summary>What was asked for and has not ended.</summary>
    public HsmStatus GetStatus()
    {
        (int restores, int told) = _queue.Count(HsmAction.Restore);
        return new HsmStatus(_queue.Count(HsmAction.Archive).Count, restores, told);
    }

    /// <inheritdoc/>
    public async ValueTask<int> RequestAsync(long inode, HsmAction action, HsmFlags flags, CancellationToken cancel)
    {
        if (await _store.GetInodeAsync(inode, cancel).ConfigureAwait(false) is not { } row)
            return Errno.ESTALE;
        // A directory can be pinned, with all below it; nothing else can be said of it.
        if (row.IsDirectory && action is HsmAction.Set or HsmAction.Clear && flags == HsmFlags.NoRelease)
            return await _flags.ChangeAsync(row, HsmState.From(row, null).Flags, flags, raise: action == HsmAction.Set, cancel).ConfigureAwait(false);
        if (!row.IsRegular)
            return Errno.EINVAL;
        ContentRow? content = row.ContentId == 0 ? null : await _store.GetContentAsync(row.ContentId, cancel).ConfigureAwait(false);
        HsmFlags state = HsmState.From(row, content).Flags;
        switch (action)
        {
            case HsmAction.Restore:
                return !state.HasFlag(HsmFlags.Released) ? 0 : state.HasFlag(HsmFlags.Lost) ? EPERM : await QueueAsync(inode, action, cancel).ConfigureAwait(false);
            case HsmAction.Archive:
                return await ArchiveAsync(row, state, cancel).ConfigureAwait(false);
            case HsmAction.Release:
                return await ReleaseAsync(inode, state, content, cancel).ConfigureAwait(false);
            case HsmAction.Cancel:
                await _queue.CancelAsync(inode, cancel).ConfigureAwait(false);
                return 0;
            case HsmAction.Set or HsmAction.Clear:
                return await _flags.ChangeAsync(row, state, flags, raise: action == HsmAction.Set, cancel).ConfigureAwait(false);
            default:
                return Errno.EINVAL;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<HsmProgress> GetProgressAsync(long inode, CancellationToken cancel)
    {
        HsmProgress? export = await _exporter.GetProgressAsync(inode, cancel).ConfigureAwait(false);
        if (_queue.Find(inode) is { } request)
        {
            return request.Row.Action == HsmAction.Archive
                ? export ?? new HsmProgress(HsmAction.Archive, request.IsRunning, 0, request.Row.Note)
                : new HsmProgress(HsmAction.Restore, request.IsRunning, request.BytesMoved, request.Row.Note);
        }
        return export ?? new HsmProgress(HsmAction.None, false, 0, _queue.FindFailure(inode));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private async ValueTask<int> ArchiveAsync(InodeRow inode, HsmFlags state, CancellationToken cancel)
    {
        if (state.HasFlag(HsmFlags.NoArchive))
            return EPERM;
        if (!await _exporter.IsLinkedAsync(inode, cancel).ConfigureAwait(false))
            return Errno.ENXIO;
        // Only attributes or names may differ from the bucket: that is archived as well.
        bool needed = !state.HasFlag(HsmFlags.Archived) || state.HasFlag(HsmFlags.Dirty)
            || await _store.GetExportAsync(ExportKind.Inode, 0, inode.Id, "", cancel).ConfigureAwait(false) is not null;
        return needed ? await QueueAsync(inode.Id, HsmAction.Archive, cancel).ConfigureAwait(false) : 0;
    }

    private async ValueTask<int> ReleaseAsync(long inode, HsmFlags state, ContentRow? row, CancellationToken cancel)
    {
        if (!state.HasFlag(HsmFlags.Archived) || (state & (HsmFlags.Dirty | HsmFlags.NoRelease | HsmFlags.Lost)) != 0)
            return EPERM;
        if (row is null || !row.Flags.HasFlag(ContentFlags.Cached))
            return 0;
        if (_queue.Find(inode) is not null)
            return EBUSY;
        using Content content = await _cache.OpenAsync(row.Id, cancel).ConfigureAwait(false);
        return await content.ReleaseAsync(null, cancel).ConfigureAwait(false) switch
        {
            ReleaseResult.NotClean => EPERM,
            ReleaseResult.InUse => EBUSY,
            _ => 0,
        };
    }

    private async ValueTask<int> QueueAsync(long inode, HsmAction action, CancellationToken cancel)
    {
        HsmRequestRow row = new() { Inode = inode, Action = action, RequestedNs = _time.Nanoseconds() };
        if (await _queue.AddAsync(row, cancel).ConfigureAwait(false) is not { } request)
            return EBUSY;
        try
        {
            await request.Word.Task.WaitAsync(_options.Patience, _time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It goes on by itself.
        }
        return 0;
    }

    private async Task<HsmOutcome> RunAsync(HsmRequest request, CancellationToken cancel)
    {
        if (request.Row.Action == HsmAction.Restore)
            return await _restore.RunAsync(request, cancel).ConfigureAwait(false);
        ExportFailure? failure = await _exporter.ExportAsync(request.Row.Inode, cancel).ConfigureAwait(false);
        return failure is null ? HsmOutcome.Done
            : failure.ErrorCode is FsxErrorCode.ResourceBusy or FsxErrorCode.S3Error or FsxErrorCode.InternalError ? HsmOutcome.Again(failure.Message)
            : HsmOutcome.Failed(failure.Message);
    }
}
