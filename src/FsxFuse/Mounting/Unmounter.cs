using System.Diagnostics;
using System.Runtime.InteropServices;
using FsxFuse.Native;

namespace FsxFuse.Mounting;

/// <summary>Takes mounts away from outside: those whose daemon is gone or does not answer.</summary>
internal static class Unmounter
{
    /// <summary>Removes the topmost mount from a directory even though it is in use (umount2(2), MNT_DETACH).</summary>
    public static bool Detach(string mountpoint, out int errno)
    {
        if (Libc.Unmount(mountpoint, Libc.MNT_DETACH | Libc.UMOUNT_NOFOLLOW) == 0)
        {
            errno = 0;
            return true;
        }
        errno = Marshal.GetLastSystemError();
        return errno == Libc.EPERM && DetachAsUser(mountpoint);
    }

    /// <summary>Aborts the connection of a mount, so that everything waiting for it gets ECONNABORTED (needs root).</summary>
    public static bool Abort(MountEntry mount)
    {
        string minor = mount.Device[(mount.Device.IndexOf(':', StringComparison.Ordinal) + 1)..];
        try
        {
            File.WriteAllText($"/sys/fs/fuse/connections/{minor}/abort", "1");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // fusermount3 is setuid root and lets users unmount what they mounted. This process serves no mount, so it may fork.
    private static bool DetachAsUser(string mountpoint)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("fusermount3", ["-u", "-z", "--", mountpoint]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
