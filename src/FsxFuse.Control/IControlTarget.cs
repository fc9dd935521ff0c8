using FsxFuse.Control.Documents;

namespace FsxFuse.Control;

/// <summary>What the control API steers: one mounted file system. Every member may be called concurrently and throws <see cref="ControlException"/>.</summary>
public interface IControlTarget
{
    /// <summary>The present state.</summary>
    Task<StatusDocument> GetStatusAsync(CancellationToken cancel);

    /// <summary>What was done since the start.</summary>
    Task<CountersDocument> GetCountersAsync(CancellationToken cancel);

    /// <summary>Starts a task and returns at once.</summary>
    Task<TaskDocument> CreateTaskAsync(TaskRequest request, CancellationToken cancel);

    /// <summary>Every task remembered, newest first.</summary>
    Task<TaskListDocument> GetTasksAsync(CancellationToken cancel);

    /// <summary>One task with its first failures.</summary>
    Task<TaskDocument> GetTaskAsync(string id, CancellationToken cancel);

    /// <summary>Asks a task to stop; files in flight are finished.</summary>
    Task<TaskDocument> CancelTaskAsync(string id, CancellationToken cancel);

    /// <summary>All links.</summary>
    Task<LinkListDocument> GetLinksAsync(CancellationToken cancel);

    /// <summary>Links a directory to a repository, after looking whether the repository can be used.</summary>
    Task<LinkDocument> AddLinkAsync(LinkRequest request, CancellationToken cancel);

    /// <summary>Changes the policies and options of a link.</summary>
    Task<LinkDocument> UpdateLinkAsync(string id, LinkUpdateRequest request, CancellationToken cancel);

    /// <summary>Removes a link, and returns it as it was. The objects stay; a Conflict says what would be lost, unless it is forced.</summary>
    /// <param name="id">The link.</param>
    /// <param name="deleteData">Whether its local files go.</param>
    /// <param name="force">Whether what is not exported or not in the cache may be lost.</param>
    /// <param name="cancel">Cancels.</param>
    Task<LinkDocument> RemoveLinkAsync(string id, bool deleteData, bool force, CancellationToken cancel);

    /// <summary>Exports what is queued, without regard to retry delays, for at most <paramref name="patience"/>; tells what remains.</summary>
    Task<FlushDocument> FlushAsync(TimeSpan patience, CancellationToken cancel);

    /// <summary>Unmounts. When it returns the mount is gone and the daemon ends by itself; a file system in use is a Conflict unless forced.</summary>
    Task<StopDocument> StopAsync(StopRequest request, CancellationToken cancel);

    /// <summary>Changes remembered options of the mounted file system; one that cannot change is a Conflict.</summary>
    Task<OptionsDocument> ChangeOptionsAsync(OptionsRequest request, CancellationToken cancel);

    /// <summary>Changes what the daemon logs; an unknown level is a BadRequest.</summary>
    LogLevelDocument SetLogLevel(LogLevelDocument level);
}
