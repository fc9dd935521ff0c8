using FsxFuse.Control.Documents;
using FsxFuse.Terminal;

namespace FsxFuse.Commands;

/// <summary>Tells how a task ended, in words and as an exit code.</summary>
internal static class TaskOutcome
{
    private const int MaxFailuresShown = 10;

    /// <summary>Prints the end of a task.</summary>
    public static int Report(Output output, TaskDocument task)
    {
        output.Result(task, CommandJson.Default.TaskDocument, ended =>
        {
            output.Line($"{ended.Id} {ended.Lifecycle}: {TaskProgress.Describe(ended)}");
            if (ended.FailureMessage is not null)
                output.Notice(ended.FailureMessage.TrimEnd('.'));
            foreach (TaskFailureDocument failure in ended.Failures.Take(MaxFailuresShown))
                output.Notice($"{failure.Path}: {failure.ErrorCode}{(failure.Message is null ? "" : ": " + failure.Message.TrimEnd('.'))}");
            if (ended.Failures.Count > MaxFailuresShown || ended.FailedCount > ended.Failures.Count)
                output.Notice($"{ended.FailedCount} files failed in all; 'fsxfuse task show {ended.Id}' lists them");
            if (ended.Report is not null)
                output.Line($"report: {ended.Report}");
        });
        return ExitCodeOf(task);
    }

    /// <summary>0 when every file was done, 3 when some were, else 1; a task that goes on counts as done.</summary>
    public static int ExitCodeOf(TaskDocument task) => task.Lifecycle switch
    {
        "FAILED" when task.FailedCount > 0 && task.SucceededCount > 0 => ExitCode.Partly,
        "FAILED" or "CANCELED" => ExitCode.Failed,
        "SUCCEEDED" when task.FailedCount > 0 => ExitCode.Partly,
        _ => ExitCode.Done,
    };
}
