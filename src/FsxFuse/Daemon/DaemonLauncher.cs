using System.Collections;
using System.Text.Json;
using FsxFuse.Logging;
using FsxFuse.Mounting;
using FsxFuse.Native;

namespace FsxFuse.Daemon;

/// <summary>Starts a daemon and waits until its file system can be used, or until it says why not.</summary>
internal sealed class DaemonLauncher(TimeProvider time)
{
    // In all less than the 15 seconds within which a mount that cannot work must have said so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(13);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1.5);

    /// <summary>Starts a daemon for this request.</summary>
    /// <returns>What the daemon said when it was ready.</returns>
    /// <exception cref="CommandFailedException">It did not become ready; nothing stays mounted.</exception>
    public async Task<ReadyMessage> StartAsync(MountRequest request, CancellationToken cancel)
    {
        (int pid, FileStream pipe) = DetachedProcess.Start(Environment.ProcessPath!, Arguments(request), Variables());
        using (pipe)
        {
            try
            {
                ReadyMessage message = await ReadAsync(pipe, cancel).ConfigureAwait(false);
                if (!message.Ready)
                    throw new CommandFailedException(message.Error ?? "the daemon ended without saying why", null, message.ExitCode == 0 ? ExitCode.Failed : message.ExitCode);
                await ProbeAsync(message.Mountpoint!).ConfigureAwait(false);
                return message;
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                await StopAsync(pid, pipe, request.Directory).ConfigureAwait(false);
                throw new CommandFailedException(e is TimeoutException
                    ? $"the file system was not ready after {Patience.TotalSeconds:0} seconds; the daemon was stopped"
                    : "stopped by a signal", e);
            }
        }
    }

    private static List<string> Arguments(MountRequest request)
    {
        List<string> arguments = ["fsxfuse"];
        // Run by the dotnet host instead of an executable of its own: the host wants to know what to run.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            arguments.Add(Path.Combine(AppContext.BaseDirectory, "fsxfuse.dll"));
        arguments.AddRange(["mount", request.SourceText, request.Directory, "--foreground", "--log-level", LogLevelSwitch.NameOf(request.LogLevel)]);
        string options = request.Options.ToString();
        if (options.Length > 0)
            arguments.AddRange(["-o", options]);
        return arguments;
    }

    private static List<string> Variables()
    {
        List<string> variables = [$"{ReadyPipe.Variable}={DetachedProcess.PipeFd}"];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            // The service manager watches this process, not the daemon; a message from there would be refused or misunderstood.
            if ((string)variable.Key is not (ReadyPipe.Variable or "NOTIFY_SOCKET" or "WATCHDOG_USEC" or "WATCHDOG_PID"))
                variables.Add($"{variable.Key}={variable.Value}");
        }
        return variables;
    }

    // Each line that is not the last word says that the daemon gets on, and starts the clock anew.
    private async Task<ReadyMessage> ReadAsync(FileStream pipe, CancellationToken cancel)
    {
        using StreamReader reader = new(pipe, leaveOpen: true);
        while (true)
        {
            string? line = await Task.Run(reader.ReadLine, CancellationToken.None).WaitAsync(Patience, time, cancel).ConfigureAwait(false);
            if (line is null)
                return new ReadyMessage();
            ReadyMessage message = JsonSerializer.Deserialize(line, ReadyJson.Default.ReadyMessage)!;
            if (message.Ready || message.Error is not null)
                return message;
        }
    }

    // Ready means that a stat of the root works: so that is looked at, from outside the daemon.
    private async Task ProbeAsync(string mountpoint)
    {
        Task<int> probe = Task.Factory.StartNew(() => Libc.ProbeFileSystem(mountpoint), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        int error = await probe.WaitAsync(Patience, time).ConfigureAwait(false);
        if (error != 0)
            throw new CommandFailedException($"{mountpoint} was mounted but does not answer: {Libc.Describe(error)}");
    }

    private async Task StopAsync(int pid, FileStream pipe, string directory)
    {
        _ = Libc.Kill(pid, Libc.SIGTERM);
        try
        {
            // The pipe ends with the process.
            await Task.Run(() => pipe.CopyTo(Stream.Null)).WaitAsync(StopPatience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _ = Libc.Kill(pid, Libc.SIGKILL);
        }
        MountTable mounts = MountTable.Read();
        if (mounts.At(MountPath.Resolve(directory, mounts)) is { IsOurs: true } mount)
            Unmounter.Detach(mount.Mountpoint, out _);
    }
}
