using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Loading;

namespace FsxFuse.Repository.Tasks;

/// <summary>What the types of tasks do. Everything may be done again after a restart: what was done is found done.</summary>
internal sealed class TaskWork(
    IMetadataStore store, LinkSet links, ContentCache cache, Importer importer, Exporter exporter, TimeProvider time, int concurrency)
{
    private readonly FileWalk _walk = new(store, importer);
    private readonly NamespacePaths _paths = new(store, links);

    public Task RunAsync(TaskRequest request, TaskAccount account, CancellationToken cancel) => request.Type switch
    {
        TaskType.Export => ExportAsync(request, account, cancel),
        TaskType.Import => ImportAsync(request, account, cancel),
        TaskType.Release => EachFileAsync(request, account, (file, stop) => ReleaseAsync(file, request.DaysSinceLastAccess, account, stop), cancel),
        TaskType.Preload => EachFileAsync(request, account, (file, stop) => PreloadAsync(file, account, stop), cancel),
        _ => throw new TaskException($"'{request.Type}' is no task type."),
    };

    private async Task ExportAsync(TaskRequest request, TaskAccount account, CancellationToken cancel)
    {
        foreach (string path in request.Paths)
        {
            if (await _walk.ResolveAsync(path, cancel).ConfigureAwait(false) is null && !await IsTombstoneAsync(path, cancel).ConfigureAwait(false))
                account.FailAll($"There is no '{path}' in the file system.");
        }
        if (account.HasFailures)
            return;
        DrainResult result = await exporter.DrainAsync(
            request.Paths.Count == 0 ? null : request.Paths, new Relay<DrainProgress>(now => account.Set(now.Total, now.Succeeded)), cancel).ConfigureAwait(false);
        account.Set(result.Total, result.Succeeded);
        foreach (ExportFailure failure in result.Failures)
            await account.FailedAsync(failure.Path, failure.ErrorCode, failure.Message).ConfigureAwait(false);
    }

    // What was deleted here may still have to be deleted there.
    private async ValueTask<bool> IsTombstoneAsync(string path, CancellationToken cancel) =>
        await FindKeyAsync(path, cancel).ConfigureAwait(false) is { } place
        && (await store.GetQueuedKeysAsync(place.Link.Id, place.Key, cancel).ConfigureAwait(false)).Count > 0;

    private async Task ImportAsync(TaskRequest request, TaskAccount account, CancellationToken cancel)
    {
        List<(Link Link, string Key)> places = [];
        foreach (string path in request.Paths)
        {
            (Link Link, string Key)? place = path.Contains("://", StringComparison.Ordinal) ? FindUrl(path) : await FindKeyAsync(path, cancel).ConfigureAwait(false);
            if (place is { } found)
                places.Add(found);
            else
                account.FailAll($"'{path}' is neither in a linked repository nor in a linked directory.");
        }
        if (account.HasFailures)
            return;
        if (request.Paths.Count == 0)
            places.AddRange(links.All.Select(link => (link, link.Prefix)));
        RefreshCounts before = default;
        foreach ((Link link, string key) in places)
        {
            List<Task> failures = [];
            RefreshCounts counts = await importer.RefreshAsync(new RefreshRequest
            {
                Link = link,
                KeyPrefix = key,
                ReadAttributes = true,
                Progress = new Relay<RefreshCounts>(now => Count(before, now)),
                OnFailure = failure =>
                {
                    lock (failures)
                        failures.Add(account.FailedAsync(failure.Key, failure.Code, failure.Message, failure.IsWarning));
                },
            }, cancel).ConfigureAwait(false);
            await Task.WhenAll(failures).ConfigureAwait(false);
            Count(before, counts);
            before = before with { Listed = before.Listed + counts.Listed, Unchanged = before.Unchanged + counts.Done - counts.Failed - counts.Unmappable };
        }

        void Count(RefreshCounts sum, RefreshCounts now) => account.Set(sum.Listed + now.Listed, sum.Unchanged + now.Done - now.Failed - now.Unmappable);
    }

    private (Link Link, string Key)? FindUrl(string text)
    {
        // The trailing slash that a parsed URL gets would exclude the objects that only begin with the prefix.
        if (!RepositoryUrl.TryParse(text, out RepositoryUrl? url, out _) || links.FindByUrl(url) is not { } link)
            return null;
        return (link, text.EndsWith('/') || url.Prefix == link.Prefix ? url.Prefix : url.Prefix[..^1]);
    }

    private async ValueTask<(Link Link, string Key)?> FindKeyAsync(string path, CancellationToken cancel)
    {
        path = "/" + path.Trim('/');
        foreach (Link link in links.All)
        {
            if (await _paths.GetDirectoryPathAsync(link.Directory, cancel).ConfigureAwait(false) is not { } root)
                continue;
            string under = root == "/" ? "/" : root + "/";
            if (path == root || path.StartsWith(under, StringComparison.Ordinal))
            {
                string key = link.Prefix + (path == root ? "" : path[under.Length..]);
                bool directory = path != root && await _paths.ResolvePathAsync(path, cancel).ConfigureAwait(false) is { Inode.IsDirectory: true };
                return (link, directory ? key + "/" : key);
            }
        }
        return null;
    }

    private async Task EachFileAsync(TaskRequest request, TaskAccount account, Func<FileWalk.Found, CancellationToken, ValueTask> work, CancellationToken cancel)
    {
        List<(string Path, NamedInode Start)> starts = [];
        foreach (string path in request.Paths.Count == 0 ? ["/"] : request.Paths)
        {
            if (await _walk.ResolveAsync(path, cancel).ConfigureAwait(false) is { } start)
                starts.Add((path, start));
            else
                account.FailAll($"There is no '{path}' in the file system.");
        }
        if (account.HasFailures)
            return;
        foreach ((string path, NamedInode start) in starts)
        {
            await Parallel.ForEachAsync(
                _walk.FilesAsync(path, start, cancel),
                new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancel },
                // A file that was begun is finished: cancelling drops only those not begun.
                async (file, _) => await work(file, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async ValueTask ReleaseAsync(FileWalk.Found file, long days, TaskAccount account, CancellationToken cancel)
    {
        InodeRow inode = file.Inode;
        long newest = Math.Max(inode.AtimeNs, Math.Max(inode.MtimeNs, inode.CtimeNs));
        if (inode.ContentId == 0 || inode.Flags.HasFlag(InodeFlags.NoRelease) || inode.Flags.HasFlag(InodeFlags.Lost)
            || time.Nanoseconds() - newest < days * 24 * 3600 * UnixTime.NanosecondsPerSecond
            || await store.GetContentAsync(inode.ContentId, cancel).ConfigureAwait(false) is not { SourceLink: not 0 } row
            || (row.Flags & (ContentFlags.Dirty | ContentFlags.Cached)) != ContentFlags.Cached)
            return;
        await AttemptAsync(file, account, async () =>
        {
            using Content content = await cache.OpenAsync(row.Id, cancel).ConfigureAwait(false);
            long resident = content.ResidentBytes;
            account.Found(resident);
            switch (await content.ReleaseAsync(null, cancel).ConfigureAwait(false))
            {
                case ReleaseResult.Released:
                    account.Moved(resident);
                    break;
                case ReleaseResult.InUse or ReleaseResult.NotClean:
                    await account.FailedAsync(file.Path, FsxErrorCode.ResourceBusy, "It is open for writing or was changed meanwhile.").ConfigureAwait(false);
                    return;
            }
            account.Succeeded();
        }).ConfigureAwait(false);
    }

    private async ValueTask PreloadAsync(FileWalk.Found file, TaskAccount account, CancellationToken cancel)
    {
        if (file.Inode.ContentId == 0)
        {
            account.Found(0);
            account.Succeeded();
            return;
        }
        await AttemptAsync(file, account, async () =>
        {
            using Content content = await cache.OpenAsync(file.Inode.ContentId, cancel).ConfigureAwait(false);
            account.Found(Math.Max(0, content.Length - content.ResidentBytes));
            long loaded = 0;
            await content.EnsureResidentAsync(0, content.Length, new Relay<long>(now => account.Moved(now - Interlocked.Exchange(ref loaded, now))), cancel).ConfigureAwait(false);
            account.Succeeded();
        }).ConfigureAwait(false);
    }

    private static async ValueTask AttemptAsync(FileWalk.Found file, TaskAccount account, Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is CacheException or ContentSourceException)
        {
            int errno = e is CacheException cached ? cached.Errno : ((ContentSourceException)e).Errno;
            string code = errno switch
            {
                Errno.ESTALE or Errno.ENOENT => FsxErrorCode.S3ObjectNotFound,
                Errno.EACCES => FsxErrorCode.S3AccessDenied,
                RepositoryFailure.ENODATA => FsxErrorCode.S3ObjectInUnsupportedTier,
                Errno.ENOSPC => FsxErrorCode.InternalError,
                _ => FsxErrorCode.S3Error,
            };
            await account.FailedAsync(file.Path, code, e.Message).ConfigureAwait(false);
        }
    }

    /// <summary>Progress that is handed on at once, on the reporting thread.</summary>
    private sealed class Relay<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
