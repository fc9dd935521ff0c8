using System.CommandLine;
using System.Globalization;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Mounting;
using FsxFuse.Native;
using FsxFuse.State;
using FsxFuse.Terminal;

namespace FsxFuse.Commands;

/// <summary><c>fsxfuse umount DIR</c>.</summary>
internal static class UmountCommand
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HolderPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ForcePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static Command Build()
    {
        Argument<string> directory = new("DIR") { Description = "The mountpoint, or the file system's name." };
        Option<bool> flush = new("--flush") { Description = "Export what is queued first, and wait for it." };
        Option<bool> force = new("--force") { Description = "Unmount although files are open: their users get errors." };
        Command command = new("umount", "Unmount a file system and end its daemon. Changes that are not in the repository yet stay queued on disk for the next mount.") { directory, flush, force };
        command.Aliases.Add("unmount");
        command.Validators.Add(result =>
        {
            if (result.GetValue(flush) && result.GetValue(force))
                result.AddError("--flush and --force exclude each other.");
        });
        CommandContext.Bind(command, (context, result, cancel) => RunAsync(context, result.GetValue(directory)!, result.GetValue(flush), result.GetValue(force), cancel));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string directory, bool flush, bool force, CancellationToken cancel)
    {
        if (FindOrphan(context, directory) is MountEntry orphan)
        {
            if (!force && !new MountpointCheck(context.Catalog).IsDead(orphan))
                throw new CommandFailedException($"{orphan.Mountpoint} is served by a daemon of another user or state directory; unmount it there, or use --force");
            if (force)
                Unmounter.Abort(orphan);
            Detach(orphan.Mountpoint);
            return Report(context, new UmountResult(null, orphan.Mountpoint, 0));
        }
        string name = MountedPath.FindFileSystem(context.Catalog, directory);
        if (!context.Catalog.TryGetDaemon(name, out bool alive, out DaemonRecord? daemon))
            throw new CommandFailedException($"file system '{name}' is not mounted");
        if (!alive)
        {
            if (MountTable.Read().At(daemon.Mountpoint) is { IsOurs: true })
                Detach(daemon.Mountpoint);
            File.Delete(context.Catalog.Locations.DaemonOf(name));
            context.Output.Notice($"the daemon of '{name}' had been killed; its mount was removed and nothing that was acknowledged is lost");
            return Report(context, new UmountResult(name, daemon.Mountpoint, 0));
        }

        string? device = MountTable.Read().At(daemon.Mountpoint)?.Device;
        using ControlClient client = context.Connect(name);
        if (flush)
            await new FlushProgress(context.Output, context.Time).RunAsync(client, cancel).ConfigureAwait(false);
        long queued = 0;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            if (force)
                patience.CancelAfter(ForcePatience);
            queued = (await client.StopAsync(new StopRequest(force), patience.Token).ConfigureAwait(false)).Queued;
        }
        catch (Exception e) when (force && !cancel.IsCancellationRequested && e is ControlException or OperationCanceledException)
        {
            context.Output.Notice($"the daemon does not stop ({e.Message.TrimEnd('.')}); it is killed");
            Kill(daemon);
        }
        await WaitForEndAsync(context, name, daemon, device, force, cancel).ConfigureAwait(false);
        return Report(context, new UmountResult(name, daemon.Mountpoint, queued));
    }

    // A mount of ours on this directory that no daemon of this state directory claims.
    private static MountEntry? FindOrphan(CommandContext context, string directory)
    {
        if (!directory.Contains('/', StringComparison.Ordinal) && context.Catalog.Find(directory) is not null)
            return null;
        MountTable mounts = MountTable.Read();
        string path = MountPath.Resolve(directory, mounts);
        return MountedPath.Served(context.Catalog).Any(served => served.Record.Mountpoint == path) ? null : mounts.At(path) is { IsOurs: true } mount ? mount : null;
    }

    private static async Task WaitForEndAsync(CommandContext context, string name, DaemonRecord daemon, string? device, bool force, CancellationToken cancel)
    {
        long start = context.Time.GetTimestamp();
        while (context.Catalog.TryGetDaemon(name, out bool alive, out DaemonRecord? now) && alive && now.Pid == daemon.Pid)
        {
            TimeSpan waited = context.Time.GetElapsedTime(start);
            if (force && waited > ForcePatience)
                Kill(daemon);
            if (!force && waited > HolderPatience && device is not null && MountHolders.Find(device) is var (pid, holder))
            {
                throw new CommandFailedException(
                    $"'{name}' is unmounted here, but process {pid} ({holder}) has it in a mount namespace of its own; the daemon (process {daemon.Pid}) serves it until that ends. "
                    + "End that process, or use --force");
            }
            if (waited > EndPatience)
                throw new CommandFailedException($"'{name}' is unmounted, but its daemon (process {daemon.Pid}) has not ended after {EndPatience.TotalSeconds:0} seconds");
            await Task.Delay(Pause, context.Time, cancel).ConfigureAwait(false);
        }
        if (force && MountTable.Read().At(daemon.Mountpoint) is { IsOurs: true })
            Detach(daemon.Mountpoint);
    }

    private static void Kill(DaemonRecord daemon) => _ = Libc.Kill(daemon.Pid, Libc.SIGKILL);

    private static void Detach(string mountpoint)
    {
        if (!Unmounter.Detach(mountpoint, out int errno))
            throw new CommandFailedException($"{mountpoint} cannot be unmounted: {Libc.Describe(errno)}");
    }

    private static int Report(CommandContext context, UmountResult result)
    {
        context.Output.Result(result, CommandJson.Default.UmountResult, _ => { });
        if (result.Queued > 0)
        {
            context.Output.Notice(string.Create(CultureInfo.InvariantCulture,
                $"{(result.Queued == 1 ? "1 change is" : result.Queued + " changes are")} not in the repository yet: queued on disk, and exported after the next mount ('fsxfuse umount --flush' waits for that)"));
        }
        return ExitCode.Done;
    }
}
