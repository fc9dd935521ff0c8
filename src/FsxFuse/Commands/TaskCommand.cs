using System.CommandLine;
using System.Globalization;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Terminal;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse task list|show|wait|cancel</c>.</summary>
internal static class TaskCommand
{
    public static Command Build() => new("task", "List, show, await and cancel tasks.") { BuildList(), BuildShow(), BuildWait(), BuildCancel() };

    private static Command BuildList()
    {
        Argument<string?> target = new("NAME|DIR") { Description = "One file system; without it, all that are mounted.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("list", "List the tasks of file systems, newest first.") { target };
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            List<TaskDocument> tasks = [];
            foreach (string name in result.GetValue(target) is string one ? [MountedPath.FindFileSystem(context.Catalog, one)] : Alive(context))
            {
                using ControlClient client = context.Connect(name);
                tasks.AddRange((await client.GetTasksAsync(cancel).ConfigureAwait(false)).Tasks);
            }
            context.Output.Result(tasks, CommandJson.Default.IReadOnlyListTaskDocument, list =>
            {
                if (list.Count == 0)
                    context.Output.Line("There are no tasks.");
                else
                    context.Output.Columns(["TASK", "TYPE", "STATE", "FILES", "CREATED"], [.. list.Select(Row)]);
            });
            return ExitCode.Done;
        });
        return command;
    }

    private static Command BuildShow()
    {
        Argument<string> id = Id();
        Command command = new("show", "Show a task with the files that failed.") { id };
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            (ControlClient client, TaskDocument task) = await FindAsync(context, result.GetValue(id)!, cancel).ConfigureAwait(false);
            using (client)
            {
                context.Output.Result(task, CommandJson.Default.TaskDocument, shown =>
                {
                    context.Output.Line($"{shown.Id} {shown.Type} {shown.Lifecycle}: {TaskProgress.Describe(shown)}");
                    foreach (string path in shown.Paths)
                        context.Output.Line($"  path {path}");
                    foreach (TaskFailureDocument failure in shown.Failures)
                        context.Output.Line($"  {failure.Status} {failure.Path}: {failure.ErrorCode}{(failure.Message is null ? "" : ": " + failure.Message)}");
                    if (shown.FailureMessage is not null)
                        context.Output.Line($"  {shown.FailureMessage}");
                    if (shown.Report is not null)
                        context.Output.Line($"  report {shown.Report}");
                });
                return ExitCode.Done;
            }
        });
        return command;
    }

    private static Command BuildWait()
    {
        Argument<string> id = Id();
        Command command = new("wait", "Wait for the end of a task; the exit code tells how it ended.") { id };
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            (ControlClient client, TaskDocument task) = await FindAsync(context, result.GetValue(id)!, cancel).ConfigureAwait(false);
            using (client)
            {
                task = await new TaskProgress(context.Output, context.Time).FollowAsync(client, task, cancel).ConfigureAwait(false);
                return TaskOutcome.Report(context.Output, task);
            }
        });
        return command;
    }

    private static Command BuildCancel()
    {
        Argument<string> id = Id();
        Command command = new("cancel", "Cancel a task: what is queued is dropped, files in flight are finished, nothing is taken back.") { id };
        CommandContext.Bind(command, async (context, result, cancel) =>
        {
            (ControlClient client, TaskDocument task) = await FindAsync(context, result.GetValue(id)!, cancel).ConfigureAwait(false);
            using (client)
            {
                task = await client.CancelTaskAsync(task.Id, cancel).ConfigureAwait(false);
                context.Output.Result(task, CommandJson.Default.TaskDocument, canceled => context.Output.Line($"{canceled.Id} {canceled.Lifecycle}"));
                return ExitCode.Done;
            }
        });
        return command;
    }

    private static Argument<string> Id() => new("ID") { Description = "The task's id, task-…" };

    private static string[] Row(TaskDocument task) =>
    [
        task.Id,
        task.Type,
        task.Lifecycle,
        TaskProgress.Describe(task),
        task.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    ];

    private static List<string> Alive(CommandContext context) =>
        [.. context.Catalog.Names().Where(name => context.Catalog.TryGetDaemon(name, out bool alive, out _) && alive)];

    private static async Task<(ControlClient, TaskDocument)> FindAsync(CommandContext context, string id, CancellationToken cancel)
    {
        foreach (string name in Alive(context))
        {
            ControlClient client = context.Connect(name);
            try
            {
                return (client, await client.GetTaskAsync(id, cancel).ConfigureAwait(false));
            }
            catch (ControlException e) when (e.Failure is ControlFailure.NotFound or ControlFailure.Unavailable)
            {
                client.Dispose();
            }
        }
        throw new CommandFailedException($"no mounted file system has a task '{id}'; 'fsxfuse task list' shows them");
    }
}
