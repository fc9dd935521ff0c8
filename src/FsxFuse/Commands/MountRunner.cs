using FsxFuse.Control;
using FsxFuse.Control.Documents;
using FsxFuse.Daemon;
using FsxFuse.Mounting;
using FsxFuse.Native;
using FsxFuse.State;

namespace FsxFuse.Commands;

/// <summary>Mounts: in this process, or by starting a daemon.</summary>
internal sealed class MountRunner(CommandContext context)
{
    /// <summary>Mounts, or changes the options of a mount (<c>-o remount</c>).</summary>
    public async Task<int> RunAsync(MountRequest request, bool foreground, CancellationToken cancel)
    {
        if (request.Options.Has("remount"))
            return await RemountAsync(request, cancel).ConfigureAwait(false);
        if (foreground)
            return await new DaemonProcess(context.Catalog, context.Time).RunAsync(request, cancel).ConfigureAwait(false);

        // What can be seen at once is said without starting a process; the daemon looks again.
        MountPreparation preparation = MountPreparation.Make(context.Catalog, request);
        request = request with { Directory = preparation.Mountpoint };
        ReadyMessage ready = await new DaemonLauncher(context.Time).StartAsync(request, cancel).ConfigureAwait(false);
        foreach (string notice in ready.Notices)
            context.Output.Notice(notice);
        MountResult mounted = new(ready.Name!, ready.Mountpoint!, request.SourceText, context.Catalog.TryGetDaemon(ready.Name!, out _, out DaemonRecord? daemon) ? daemon.Pid : null);
        context.Output.Result(mounted, CommandJson.Default.MountResult, _ => { });
        return ExitCode.Done;
    }

    private async Task<int> RemountAsync(MountRequest request, CancellationToken cancel)
    {
        string path = MountPath.Resolve(request.Directory, MountTable.Read());
        if (new MountpointCheck(context.Catalog).FindLiveOwner(path) is not (string name, DaemonRecord))
            throw new CommandFailedException($"{request.Directory} is not the mountpoint of a running file system, so it cannot be remounted");
        using ControlClient client = context.Connect(name);
        OptionsDocument changed = await client.ChangeOptionsAsync(
            new OptionsRequest(new Dictionary<string, string>(request.Options, StringComparer.Ordinal)), cancel).ConfigureAwait(false);
        foreach (string later in changed.AtNextMount)
            context.Output.Notice($"the option '{later}' is stored and takes effect at the next mount");
        if (!Remounter.Apply(path, request.Options, out int errno))
            throw new CommandFailedException($"{path} cannot be remounted: {Libc.Describe(errno)}");
        context.Output.Result(changed, CommandJson.Default.OptionsDocument, _ => { });
        return ExitCode.Done;
    }
}
