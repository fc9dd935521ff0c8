using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Links;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Tasks;

/// <summary>The beginning and the end of links: made with or without an import of their metadata, removed with or without their local files.</summary>
public sealed class LinkLife : IAsyncDisposable
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(2);

    private readonly LinkSet _links;
    private readonly TaskRunner _tasks;
    private readonly LinkRemoval _removal;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Task> _creations = [];

    /// <summary>Makes it.</summary>
    /// <param name="store">The file system's metadata.</param>
    /// <param name="links">Its links.</param>
    /// <param name="cache">Its contents.</param>
    /// <param name="exporter">Exports.</param>
    /// <param name="tasks">Runs the imports.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public LinkLife(IMetadataStore store, LinkSet links, ContentCache cache, Exporter exporter, TaskRunner tasks, TimeProvider time, ILogger logger)
    {
        (_links, _tasks) = (links, tasks);
        _removal = new LinkRemoval(store, links, cache, exporter, time, logger);
    }

    /// <summary>Takes up what an earlier run left half done.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        foreach (Link link in _links.All)
        {
            if (link.Row.Lifecycle == LinkLifecycle.Deleting)
                await _removal.ResumeAsync(link).ConfigureAwait(false);
            else if (link.Row.Lifecycle == LinkLifecycle.Creating)
                await ImportAsync(link, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Links an empty directory to a repository as a link set does. With <see cref="LinkOptions.BatchImportOnCreate"/> its
    /// metadata is imported by a task, and it is CREATING until that has ended.
    /// </summary>
    /// <returns>The link, and the task's id if there is one.</returns>
    /// <exception cref="LinkException">It overlaps another link, or the directory is not empty or gone.</exception>
    public async Task<(Link Link, string? Task)> AddAsync(RepositoryUrl url, long directory, string path, LinkOptions options, CancellationToken cancel)
    {
        string lifecycle = options.BatchImportOnCreate ? LinkLifecycle.Creating : LinkLifecycle.Available;
        Link link = await _links.CreateAsync(url, directory, path, options, lifecycle, cancel).ConfigureAwait(false);
        return (link, options.BatchImportOnCreate ? await ImportAsync(link, cancel).ConfigureAwait(false) : null);
    }

    /// <summary>Removes a link; the objects stay where they are.</summary>
    /// <param name="link">The link.</param>
    /// <param name="delete">Whether the local files go as well.</param>
    /// <param name="force">Drops what is not exported yet, and leaves files behind that cannot be read any more.</param>
    /// <param name="cancel">Cancels, as long as nothing was changed.</param>
    /// <exception cref="LinkException">Something would be lost: the message says what, and what to do.</exception>
    public Task RemoveAsync(Link link, bool delete, bool force, CancellationToken cancel) => _removal.RunAsync(link, delete, force, DrainPatience, cancel);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task[] creations;
        lock (_lock)
            creations = [.. _creations];
        await Task.WhenAll(creations).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    // The token makes it the same task after a restart.
    private async Task<string> ImportAsync(Link link, CancellationToken cancel)
    {
        TaskSnapshot task = await _tasks.CreateAsync(
            new TaskRequest { Type = TaskType.Import, Paths = [link.Row.Url], ClientRequestToken = $"create-{link.Row.AssociationId}" }, cancel).ConfigureAwait(false);
        lock (_lock)
            _creations.Add(Task.Run(() => FollowAsync(link, task.Id), CancellationToken.None));
        return task.Id;
    }

    private async Task FollowAsync(Link link, string task)
    {
        await _tasks.WaitAsync(task, _stop.Token).ConfigureAwait(false);
        // Interrupted by the end of the daemon: the next start takes it up.
        if (await _tasks.GetAsync(task, _stop.Token).ConfigureAwait(false) is { } ended && TaskLifecycle.IsEnded(ended.Lifecycle) && _links.Find(link.Id) is not null)
        {
            await _links.UpdateAsync(
                link.Id, row => row.Lifecycle == LinkLifecycle.Creating ? row with { Lifecycle = LinkLifecycle.Available } : row, _stop.Token).ConfigureAwait(false);
        }
    }
}
