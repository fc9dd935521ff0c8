using FsxFuse.Commands;
using FsxFuse.Composition;
using FsxFuse.Logging;
using FsxFuse.Native;
using FsxFuse.State;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Daemon;

/// <summary>
/// The process that serves one file system: in the foreground, or started by <see cref="DaemonLauncher"/>. From the first line on it
/// can be stopped; whatever goes wrong before it is ready leaves nothing mounted and one line that says why.
/// </summary>
internal sealed partial class DaemonProcess(FileSystemCatalog catalog, TimeProvider time)
{
    /// <summary>Serves until the file system is unmounted or a signal asks for the end.</summary>
    public async Task<int> RunAsync(MountRequest request, CancellationToken cancel)
    {
        using ReadyPipe pipe = ReadyPipe.FromEnvironment();
        bool isDaemon = pipe.IsAwaited;
        using StopSignals signals = new(ignoreHangUp: isDaemon);
        using ServiceNotifier service = ServiceNotifier.Connect(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        // The directory the user stood in may be unmounted, or be the very one that is mounted on.
        _ = Libc.ChangeDirectory("/");
        try
        {
            return await ServeAsync(request, pipe, service, signals, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (isDaemon && e is not OutOfMemoryException)
        {
            (int exitCode, string message) = Failures.Describe(e);
            pipe.Send(new ReadyMessage { Error = message, ExitCode = exitCode });
            return exitCode;
        }
    }

    private async Task<int> ServeAsync(MountRequest request, ReadyPipe pipe, ServiceNotifier service, StopSignals signals, CancellationToken cancel)
    {
        using var starting = CancellationTokenSource.CreateLinkedTokenSource(signals.Stop, cancel);
        MountPreparation preparation = MountPreparation.Make(catalog, request);
        FileSystemConfig config = preparation.Source.Config;
        catalog.MakeDirectories(config.Name);
        LogLevelSwitch levels = new(request.LogLevel);
        ILogSink sink = pipe.IsAwaited ? LogSinks.ForDaemon(config.Name, catalog.Locations.LogOf(config.Name)) : TextSink.ToStandardError();
        using ILoggerFactory loggers = DaemonLogging.Create(sink, levels, time);
        ILogger logger = loggers.CreateLogger<DaemonProcess>();
        try
        {
            service.Status("starting");
            MountedFileSystem mounted = await MountedFileSystem.StartAsync(
                new MountPlan(catalog, preparation, request, pipe.SendProgress), loggers, levels, time, starting.Token).ConfigureAwait(false);
            await using (mounted.ConfigureAwait(false))
            {
                foreach (string notice in mounted.Notices)
                    LogNotice(logger, notice);
                LogReady(logger, config.Name, mounted.Mountpoint, CommandContext.Version, Environment.ProcessId);
                pipe.Send(new ReadyMessage { Ready = true, Name = config.Name, Mountpoint = mounted.Mountpoint, Notices = mounted.Notices });
                service.Ready($"{config.Name} is mounted on {mounted.Mountpoint}");

                bool clean = await mounted.WaitAsync(signals.Stop).ConfigureAwait(false);
                LogStopping(logger, config.Name, clean ? "it was unmounted" : signals.Stop.IsCancellationRequested ? "a signal" : "the connection to the kernel was aborted");
                service.Stopping($"stopping {config.Name}");
                using CancellationTokenRegistration hurry = signals.Hurry.Register(() => _ = Task.Run(() => HurryAsync(mounted)));
                await mounted.StopAsync().ConfigureAwait(false);
                LogStopped(logger, config.Name);
                return clean || signals.Stop.IsCancellationRequested ? ExitCode.Done : ExitCode.Failed;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (Failures.IsUnexpected(e))
                LogDefect(logger, e);
            else
                LogFailed(logger, config.Name, Failures.Describe(e).Message);
            throw;
        }
    }

    // A second signal: whoever still waits for the mount is cut off, and the process ends whether or not the rest gets on. Nothing that
    // was acknowledged is lost: the next mount recovers.
    private static async Task HurryAsync(MountedFileSystem mounted)
    {
        mounted.Abort();
        await Task.Delay(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        Environment.Exit(ExitCode.Failed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "File system {Name} is mounted on {Mountpoint} (version {Version}, process {Pid})")]
    private static partial void LogReady(ILogger logger, string name, string mountpoint, string version, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Notice}")]
    private static partial void LogNotice(ILogger logger, string notice);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping file system {Name}: {Reason}")]
    private static partial void LogStopping(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "File system {Name} has stopped")]
    private static partial void LogStopped(ILogger logger, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "File system {Name}: {Reason}")]
    private static partial void LogFailed(ILogger logger, string name, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "A defect of fsxfuse")]
    private static partial void LogDefect(ILogger logger, Exception e);
}
