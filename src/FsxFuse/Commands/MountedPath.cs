using FsxFuse.Mounting;
using FsxFuse.Native;
using FsxFuse.State;

namespace FsxFuse.Commands;

/// <summary>Tells which mounted file system an argument means.</summary>
internal static class MountedPath
{
    /// <summary>The file system of NAME or DIR; also one whose daemon was killed.</summary>
    /// <exception cref="CommandFailedException">There is none.</exception>
    public static string FindFileSystem(FileSystemCatalog catalog, string nameOrDirectory)
    {
        if (!nameOrDirectory.Contains('/', StringComparison.Ordinal) && nameOrDirectory is not ("." or "..") && catalog.Find(nameOrDirectory) is FileSystemConfig config)
            return config.Name;
        string path = MountPath.Resolve(nameOrDirectory, MountTable.Read());
        if (Served(catalog).FirstOrDefault(served => served.Record.Mountpoint == path).Name is string name)
            return name;
        if (!nameOrDirectory.Contains('/', StringComparison.Ordinal) && !Directory.Exists(path))
            return catalog.Get(nameOrDirectory).Name;
        throw new CommandFailedException($"{nameOrDirectory} is not the mountpoint of a file system; 'fsxfuse list' shows them");
    }

    /// <summary>The mounted file system that holds a path, and the path within it, starting with '/'.</summary>
    /// <exception cref="CommandFailedException">The path is on no mounted file system.</exception>
    public static (string FileSystem, string Path) Locate(FileSystemCatalog catalog, string path)
    {
        string full = Path.GetFullPath(path);
        // Symbolic links are followed as far as the path exists; what was released or not listed yet still has a name.
        string real = Libc.RealPath(full, out _)
            ?? (Libc.RealPath(Path.GetDirectoryName(full) ?? "/", out _) is string parent ? Path.Combine(parent, Path.GetFileName(full)) : full);
        string? fileSystem = null, mountpoint = "";
        foreach ((string name, DaemonRecord record) in Served(catalog))
        {
            if ((real == record.Mountpoint || real.StartsWith(record.Mountpoint + "/", StringComparison.Ordinal)) && record.Mountpoint.Length > mountpoint.Length)
                (fileSystem, mountpoint) = (name, record.Mountpoint);
        }
        if (fileSystem is null)
            throw new CommandFailedException($"{path} is not on a mounted file system; 'fsxfuse list' shows them");
        string rest = real[mountpoint.Length..];
        return (fileSystem, rest.Length == 0 ? "/" : rest);
    }

    /// <summary>Every file system that has (or had, until it was killed) a daemon.</summary>
    public static IEnumerable<(string Name, DaemonRecord Record)> Served(FileSystemCatalog catalog)
    {
        foreach (string name in catalog.Names())
        {
            if (catalog.TryGetDaemon(name, out _, out DaemonRecord? record))
                yield return (name, record);
        }
    }
}
