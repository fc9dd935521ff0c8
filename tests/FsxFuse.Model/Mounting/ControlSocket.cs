using FsxFuse.Control;
using FsxFuse.Control.Documents;

namespace FsxFuse.Model;

/// <summary>Tasks of one mounted file system, asked for over its control socket: a process for each would take longer than the operations between them.</summary>
internal static class ControlSocket
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    internal static string In(string runDirectory) => Directory.EnumerateFiles(runDirectory, "*.sock").Single();

    /// <summary>Runs a task on a path of the file system. What it cannot do (an open file, a name that is gone) is no failure of the test.</summary>
    /// <param name="wait">False to go on while it works.</param>
    internal static void Transfer(string socket, string kind, string path, bool wait)
    {
        using ControlClient client = new(socket);
        try
        {
            TaskDocument task = client.CreateTaskAsync(new TaskRequest { Kind = kind, Paths = [path] }).GetAwaiter().GetResult();
            while (wait && !task.HasEnded)
            {
                Thread.Sleep(s_pause);
                task = client.GetTaskAsync(task.Id).GetAwaiter().GetResult();
            }
        }
        catch (ControlException failure) when (failure.Failure is ControlFailure.BadRequest or ControlFailure.NotFound or ControlFailure.Conflict)
        {
        }
    }
}
