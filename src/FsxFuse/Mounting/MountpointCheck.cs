using FsxFuse.Native;
using FsxFuse.State;

namespace FsxFuse.Mounting;

/// <summary>Whether a directory can be mounted on; clears what a killed daemon left there.</summary>
internal sealed class MountpointCheck(FileSystemCatalog catalog)
{
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(2);

    /// <summary>Returns the canonical path of a directory that can be mounted on now.</summary>
    /// <exception cref="CommandFailedException">It is missing, no directory, not empty, or something is mounted there.</exception>
    public string Prepare(string directory, bool allowNonEmpty)
    {
        if (!File.Exists("/dev/fuse"))
            throw new CommandFailedException("there is no /dev/fuse: load the kernel module with 'modprobe fuse', or give the container the device (--device /dev/fuse --cap-add SYS_ADMIN)");
        if (!Libc.IsFuseDevice("/dev/fuse"))
            throw new CommandFailedException("/dev/fuse is not the kernel's FUSE device: remove it and make it with 'mknod /dev/fuse c 10 229', or give the container the device (--device /dev/fuse)");
        MountTable mounts = MountTable.Read();
        string path = MountPath.Resolve(directory, mounts);
        for (int layers = 0; mounts.At(path) is { IsOurs: true } mount && layers < 16; layers++)
        {
            if (FindLiveOwner(path) is (string name, DaemonRecord owner))
                throw new CommandFailedException($"{path} is already the mountpoint of file system '{name}' (process {owner.Pid})");
            if (!IsDead(mount))
                throw new CommandFailedException($"{path} is already mounted ({mount.Source})");
            if (!Unmounter.Detach(path, out int errno))
                throw new CommandFailedException($"{path} has the mount of a daemon that was killed, and it cannot be removed: {Libc.Describe(errno)}");
            mounts = MountTable.Read();
        }
        if (path == "/")
            throw new CommandFailedException("the root directory cannot be mounted on");
        if (!Directory.Exists(path))
        {
            throw new CommandFailedException(File.Exists(path)
                ? $"{directory} is not a directory"
                : $"the directory {directory} does not exist; make it with 'mkdir -p {directory}'");
        }
        try
        {
            if (!allowNonEmpty && Directory.EnumerateFileSystemEntries(path).Any())
                throw new CommandFailedException($"the directory {directory} is not empty; its files would be hidden (-o nonempty mounts all the same)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{directory}: {e.Message}", e);
        }
        return path;
    }

    /// <summary>The file system whose running daemon mounts on this directory.</summary>
    public (string Name, DaemonRecord Owner)? FindLiveOwner(string mountpoint)
    {
        foreach (string name in catalog.Names())
        {
            if (catalog.TryGetDaemon(name, out bool alive, out DaemonRecord? record) && alive && record.Mountpoint == mountpoint)
                return (name, record);
        }
        return null;
    }

    /// <summary>
    /// Whether nobody serves this mount of ours any more. The daemon's lock answers for file systems of this state directory; for others
    /// the kernel does: an aborted connection says ENOTCONN at once, and one that does not answer is taken to be alive.
    /// </summary>
    public bool IsDead(MountEntry mount)
    {
        if (FindLiveOwner(mount.Mountpoint) is not null)
            return false;
        // On a thread of its own, in a process that does not serve this mount: the call may never return.
        Task<int> probe = Task.Factory.StartNew(() => Libc.ProbeFileSystem(mount.Mountpoint), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return probe.Wait(ProbePatience) && probe.Result is Libc.ENOTCONN or Libc.ECONNABORTED;
    }
}
