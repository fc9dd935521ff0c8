using FsxFuse.Mounting;
using FsxFuse.State;

namespace FsxFuse.Daemon;

/// <summary>What is known, and in order, before anything is started.</summary>
/// <param name="Source">The file system.</param>
/// <param name="Mountpoint">The directory's canonical path.</param>
internal sealed record MountPreparation(ResolvedSource Source, string Mountpoint)
{
    private const int EndTries = 200;
    private static readonly TimeSpan EndPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Resolves the source and looks at the directory; clears what a killed daemon left there.</summary>
    /// <exception cref="CommandFailedException">Something is in the way; the message says what.</exception>
    public static MountPreparation Make(FileSystemCatalog catalog, MountRequest request)
    {
        ResolvedSource source = new SourceResolver(catalog).Resolve(request.Source, request.Options);
        string name = source.Config.Name;
        if (!source.IsNew && FindLiveDaemon(catalog, name) is DaemonRecord daemon)
            throw new CommandFailedException($"file system '{name}' is already mounted on {daemon.Mountpoint} (process {daemon.Pid})");
        return new MountPreparation(source, new MountpointCheck(catalog).Prepare(request.Directory, request.Options.Has("nonempty")));
    }

    // One that has no mount any more was unmounted a moment ago (umount(8) does not wait for it) and ends when it has put everything in order.
    private static DaemonRecord? FindLiveDaemon(FileSystemCatalog catalog, string name)
    {
        for (int tries = 0; ; tries++)
        {
            if (!catalog.TryGetDaemon(name, out bool alive, out DaemonRecord? daemon) || !alive)
                return null;
            if (tries >= EndTries || MountTable.Read().At(daemon.Mountpoint) is { IsOurs: true })
                return daemon;
            Thread.Sleep(EndPause);
        }
    }
}
