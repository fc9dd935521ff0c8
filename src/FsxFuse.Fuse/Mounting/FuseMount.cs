using System.Globalization;
using System.Runtime.InteropServices;
using FsxFuse.Fuse.Native;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Fuse;

/// <summary>A mount and its device. Nothing here touches the mounted tree: that would ask the daemon itself.</summary>
public sealed class FuseMount : IDisposable
{
    private readonly string? _fusermount;
    private readonly MountInfo? _info;
    private int _unmounted;

    private FuseMount(SafeFileHandle device, string mountPoint, string? fusermount)
    {
        Device = device;
        MountPoint = mountPoint;
        _fusermount = fusermount;
        _info = MountInfo.Find(mountPoint);
        (Major, Minor) = _info is null ? (0, 0) : (_info.Major, _info.Minor);
    }

    /// <summary>The open /dev/fuse of this mount. Closing it aborts the connection.</summary>
    public SafeFileHandle Device { get; }

    /// <summary>The mount point, absolute and without symbolic links.</summary>
    public string MountPoint { get; }

    /// <summary>Major device number of the mount.</summary>
    public int Major { get; }

    /// <summary>Minor device number of the mount: its name under /sys/fs/fuse/connections.</summary>
    public int Minor { get; }

    /// <summary>Whether this mount is still in the tree, alive or dead, and the topmost on its mount point.</summary>
    /// <remarks>The kernel reuses device numbers and mount ids, so everything it shows is compared.</remarks>
    internal bool IsMounted => Volatile.Read(ref _unmounted) == 0 && _info is not null && MountInfo.Find(MountPoint) == _info;

    /// <summary>Mounts: by mount(2) as root, by fusermount3 otherwise. A session must serve the device before anything looks at the mount.</summary>
    /// <param name="options">Where and how.</param>
    /// <exception cref="FuseException">With the errno of the call that failed.</exception>
    public static FuseMount Mount(MountOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool direct = !(options.UseFusermount ?? LibC.geteuid() != 0);
        string mountPoint = Resolve(options, direct ? null : options.FusermountPath);
        SafeFileHandle device = direct ? MountDirectly(options, mountPoint) : Fusermount.Mount(options, mountPoint);
        return new FuseMount(device, mountPoint, direct ? null : options.FusermountPath);
    }

    /// <summary>Takes over a mount whose device was kept open by another process (systemd's file descriptor store).</summary>
    /// <param name="device">The device; this object owns it from now on.</param>
    /// <param name="mountPoint">The mount point, absolute and without symbolic links.</param>
    public static FuseMount Attach(SafeFileHandle device, string mountPoint) =>
        new(device, mountPoint, LibC.geteuid() == 0 ? null : "fusermount3");

    /// <summary>Unmounts. Does nothing if it has been done, by whomever: what else may be mounted there is left alone.</summary>
    /// <param name="mode">What to do if it is in use.</param>
    /// <exception cref="FuseException">EBUSY if it is in use; EPERM.</exception>
    public void Unmount(UnmountMode mode = UnmountMode.Normal)
    {
        bool mounted = IsMounted;
        if (Interlocked.Exchange(ref _unmounted, 1) != 0 || !mounted)
        {
            return;
        }

        try
        {
            try
            {
                UnmountOnce(MountPoint, mode == UnmountMode.Lazy, _fusermount);
            }
            catch (FuseException) when (mode == UnmountMode.NormalThenLazy)
            {
                UnmountOnce(MountPoint, true, _fusermount);
            }
        }
        catch
        {
            Volatile.Write(ref _unmounted, 0);
            throw;
        }
    }

    /// <summary>
    /// Aborts the connection: all requests fail with ECONNABORTED, in the kernel and for the callers, and the mount stays, dead, until it is unmounted.
    /// Frees callers that are stuck. Uses fusectl (mounting it if it is absent and may be), else a forced unmount.
    /// </summary>
    /// <exception cref="FuseException">Neither is allowed.</exception>
    public void Abort()
    {
        const string Connections = "/sys/fs/fuse/connections";
        string control = string.Create(CultureInfo.InvariantCulture, $"{Connections}/{Minor}/abort");
        if (!File.Exists(control) && LibC.geteuid() == 0)
        {
            _ = LibC.mount("fusectl", Connections, "fusectl", 0, "");
        }

        try
        {
            File.WriteAllText(control, "1");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!IsMounted)
            {
                throw new FuseException($"cannot abort the connection of {MountPoint}: {exception.Message}", Errno.ENOENT);
            }

            // umount -f aborts the connection first; that it may then be busy does not matter.
            if (LibC.umount2(MountPoint, LibC.MNT_FORCE | LibC.UMOUNT_NOFOLLOW) == 0)
            {
                Volatile.Write(ref _unmounted, 1);
            }
            else if ((Errno)Marshal.GetLastSystemError() is var error and not Errno.EBUSY)
            {
                throw new FuseException($"cannot abort the connection of {MountPoint}: {exception.Message}", error);
            }
        }
    }

    /// <summary>The session has seen the unmount: what is mounted there from now on is another's.</summary>
    internal void MarkUnmounted() => Volatile.Write(ref _unmounted, 1);

    /// <summary>Sets the read-ahead of this mount. The INIT exchange can only lower it from 128 KiB; this can raise it, once a session is running.</summary>
    /// <param name="kib">KiB, 0 or more.</param>
    /// <exception cref="IOException">The mount has no such setting.</exception>
    /// <exception cref="UnauthorizedAccessException">Not root.</exception>
    public void SetReadAhead(int kib)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(kib);
        string setting = string.Create(CultureInfo.InvariantCulture, $"/sys/class/bdi/{Major}:{Minor}/read_ahead_kb");
        File.WriteAllText(setting, kib.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Unmounts (lazily if in use) and closes the device.</summary>
    public void Dispose()
    {
        try
        {
            Unmount(UnmountMode.NormalThenLazy);
        }
        catch (FuseException)
        {
            // Someone else has unmounted it, or only root can: closing the device makes it harmless.
        }

        Device.Dispose();
    }

    private static void UnmountOnce(string mountPoint, bool lazy, string? fusermount)
    {
        if (fusermount is not null)
        {
            Fusermount.Unmount(fusermount, mountPoint, lazy);
        }
        else if (LibC.umount2(mountPoint, (lazy ? LibC.MNT_DETACH : 0) | LibC.UMOUNT_NOFOLLOW) != 0)
        {
            throw new FuseException($"cannot unmount {mountPoint}", (Errno)Marshal.GetLastSystemError());
        }
    }

    private static unsafe SafeFileHandle MountDirectly(MountOptions options, string mountPoint)
    {
        int fd = LibC.open("/dev/fuse", LibC.O_RDWR | LibC.O_CLOEXEC);
        if (fd < 0)
        {
            throw new FuseException("cannot open /dev/fuse", (Errno)Marshal.GetLastSystemError());
        }

        SafeFileHandle device = new(fd, ownsHandle: true);
        string data = options.KernelData(fd, LibC.geteuid(), LibC.getegid());
        if (LibC.mount(options.Source, mountPoint, options.FileSystemType, options.Flags, data) != 0)
        {
            Errno error = (Errno)Marshal.GetLastSystemError();
            device.Dispose();
            throw new FuseException($"cannot mount {options.FileSystemType} on {mountPoint}", error);
        }

        return device;
    }

    // Before mounting, so this asks the file system underneath, or a mount whose daemon is gone.
    private static unsafe string Resolve(MountOptions options, string? fusermount)
    {
        for (bool mayClear = options.ReplaceStale; ; mayClear = false)
        {
            byte* resolved = LibC.realpath(options.MountPoint, null);
            Errno error = (Errno)Marshal.GetLastSystemError();
            if (resolved != null)
            {
                string path = Marshal.PtrToStringUTF8((nint)resolved)!;
                LibC.free(resolved);
                if (!mayClear || !IsStale(path))
                {
                    return path;
                }

                UnmountOnce(path, true, fusermount);
            }
            else if (mayClear && error == Errno.ENOTCONN)
            {
                UnmountOnce(Path.GetFullPath(options.MountPoint), true, fusermount);
            }
            else
            {
                throw new FuseException($"cannot mount on {options.MountPoint}", error);
            }
        }
    }

    // realpath(3) itself does not look at a directory; opening it does.
    private static bool IsStale(string path)
    {
        int fd = LibC.open(path, LibC.O_CLOEXEC);
        if (fd >= 0)
        {
            _ = LibC.close(fd);
            return false;
        }

        return (Errno)Marshal.GetLastSystemError() == Errno.ENOTCONN;
    }
}
