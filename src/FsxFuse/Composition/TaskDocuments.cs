using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Metadata;
using FsxFuse.Repository.Tasks;
using TaskRequest = FsxFuse.Repository.Tasks.TaskRequest;

namespace FsxFuse.Composition;

/// <summary>Brings tasks from the control API's form into the repository's and back.</summary>
internal static class TaskDocuments
{
    /// <summary>A request as the repository takes it.</summary>
    /// <exception cref="ControlException">BadRequest: there is no such kind of task.</exception>
    public static TaskRequest ToRequest(Control.Documents.TaskRequest request) => new()
    {
        Type = request.Kind switch
        {
            "import" => TaskType.Import,
            "export" => TaskType.Export,
            "preload" => TaskType.Preload,
            "release" => TaskType.Release,
            _ => throw new ControlException(ControlFailure.BadRequest, $"'{request.Kind}' is no kind of task; there are import, export, preload and release."),
        },
        Paths = request.Paths,
        DaysSinceLastAccess = request.OlderThanDays,
        Report = request.Report is null ? null : new TaskReport(request.Report),
    };

    /// <summary>A task as the control API shows it.</summary>
    public static TaskDocument From(TaskSnapshot task, IReadOnlyList<TaskFailureRow>? failures = null) => new()
    {
        Id = task.Id,
        Type = task.Type,
        Lifecycle = task.Lifecycle,
        Paths = task.Paths,
        TotalCount = task.Progress.Total,
        SucceededCount = task.Progress.Succeeded,
        FailedCount = task.Progress.Failed,
        Bytes = task.Progress.BytesDone,
        CreatedAt = FromNs(task.CreatedNs),
        EndedAt = task.EndedNs == 0 ? null : FromNs(task.EndedNs),
        Report = task.Request.Report is TaskReport report ? $"{report.Path.TrimEnd('/')}/{task.Id}/failures.csv" : null,
        FailureMessage = task.Progress.FailureMessage,
        Failures = [.. (failures ?? []).Select(row => new TaskFailureDocument { Path = row.Path, Status = row.Status, ErrorCode = row.ErrorCode, Message = row.Message })],
    };

    /// <summary>A time of the store.</summary>
    public static DateTimeOffset FromNs(long ns) => DateTimeOffset.UnixEpoch.AddTicks(ns / 100);
}
