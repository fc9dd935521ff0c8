using System.Globalization;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using Spectre.Console;

namespace FsxFuse.Terminal;

/// <summary>Follows a task to its end: a bar on a terminal, a line now and then elsewhere.</summary>
internal sealed class TaskProgress(Output output, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the end of a task and returns its last state.</summary>
    public async Task<TaskDocument> FollowAsync(ControlClient client, TaskDocument task, CancellationToken cancel)
    {
        if (!output.IsInteractive)
        {
            long lastLine = time.GetTimestamp();
            return await PollAsync(client, task, state =>
            {
                if (state.HasEnded || time.GetElapsedTime(lastLine) < LineInterval)
                    return;
                lastLine = time.GetTimestamp();
                output.Line($"{state.Id} {Describe(state)}");
            }, cancel).ConfigureAwait(false);
        }
        TaskDocument last = task;
        await AnsiConsole.Progress().HideCompleted(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async progress =>
            {
                ProgressTask bar = progress.AddTask(Title(task));
                bar.IsIndeterminate = true;
                last = await PollAsync(client, task, state =>
                {
                    bar.IsIndeterminate = state.TotalCount == 0;
                    bar.MaxValue = Math.Max(1, state.TotalCount);
                    bar.Value = state.SucceededCount + state.FailedCount;
                    bar.Description = Markup.Escape($"{Title(state)}: {Describe(state)}");
                }, cancel).ConfigureAwait(false);
            }).ConfigureAwait(false);
        return last;
    }

    /// <summary>The counts of a task in a few words.</summary>
    public static string Describe(TaskDocument task)
    {
        string counts = string.Create(CultureInfo.InvariantCulture, $"{task.SucceededCount} of {task.TotalCount} files");
        if (task.FailedCount > 0)
            counts += string.Create(CultureInfo.InvariantCulture, $", {task.FailedCount} failed");
        return task.Bytes > 0 ? $"{counts}, {Options.ByteSize.Format(task.Bytes)}" : counts;
    }

    private static string Title(TaskDocument task) => task.Type switch
    {
        "IMPORT_METADATA_FROM_REPOSITORY" => "import",
        "EXPORT_TO_REPOSITORY" => "export",
        "RELEASE_DATA_FROM_FILESYSTEM" => "release",
        _ => task.Type.ToLowerInvariant(),
    };

    private async Task<TaskDocument> PollAsync(ControlClient client, TaskDocument task, Action<TaskDocument> report, CancellationToken cancel)
    {
        // Most tasks end within a second; the pauses grow so that a long one costs nothing.
        for (TimeSpan pause = FirstPause; !task.HasEnded; pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause)
        {
            report(task);
            await Task.Delay(pause, time, cancel).ConfigureAwait(false);
            task = await client.GetTaskAsync(task.Id, cancel).ConfigureAwait(false);
        }
        return task;
    }
}
