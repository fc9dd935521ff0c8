using FsxFuse.Native;

namespace FsxFuse.Mounting;

/// <summary>Finds what the kernel calls a directory, without touching a mount that lies on it.</summary>
internal static class MountPath
{
    // MAXSYMLINKS of the kernel (path_resolution(7)).
    private const int MaxLinks = 40;

    /// <summary>The canonical path of a mountpoint, existing or to be.</summary>
    /// <exception cref="CommandFailedException">Its parent does not exist, or is itself on a dead mount.</exception>
    public static string Resolve(string directory, MountTable mounts)
    {
        string path = Path.GetFullPath(directory);
        for (int links = 0; links <= MaxLinks; links++)
        {
            path = Path.TrimEndingDirectorySeparator(path);
            if (path == "/" || mounts.At(path) is not null)
                return path;
            string parent = Libc.RealPath(Path.GetDirectoryName(path)!, out int errno)
                ?? throw new CommandFailedException($"{directory}: {Libc.Describe(errno)}");
            path = Path.Combine(parent, Path.GetFileName(path));
            if (mounts.At(path) is not null || Libc.ReadLink(path) is not string target)
                return path;
            path = Path.GetFullPath(target, parent);
        }
        throw new CommandFailedException($"{directory}: too many symbolic links");
    }
}
