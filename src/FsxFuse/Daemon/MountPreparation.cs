using FsxFuse.Mounting;
using FsxFuse.State;

namespace FsxFuse.Daemon;

/// <summary>What is known, and in order, before anything is started.</summary>
/// <param name="Source">The file system.</param>
/// <param name="Mountpoint">The directory's canonical path.</param>
internal sealed record MountPreparation(ResolvedSource Source, string Mountpoint)
{
    /// <summary>Resolves the source and looks at the directory; clears what a killed daemon left there.</summary>
    /// <exception cref="CommandFailedException">Something is in the way; the message says what.</exception>
    public static MountPreparation Make(FileSystemCatalog catalog, MountRequest request)
    {
        ResolvedSource source = new SourceResolver(catalog).Resolve(request.Source, request.Options);
        string name = source.Config.Name;
        if (!source.IsNew && catalog.TryGetDaemon(name, out bool alive, out DaemonRecord? daemon) && alive)
            throw new CommandFailedException($"file system '{name}' is already mounted on {daemon.Mountpoint} (process {daemon.Pid})");
        return new MountPreparation(source, new MountpointCheck(catalog).Prepare(request.Directory, request.Options.Has("nonempty")));
    }
}
