using System.Runtime.InteropServices;
using FsxFuse.Native;
using FsxFuse.Options;

namespace FsxFuse.Mounting;

/// <summary>Changes the kernel's own options of a mount (mount(2), MS_REMOUNT).</summary>
internal static class Remounter
{
    private const ulong MS_REMOUNT = 32;

    private const ulong MS_NOSUID = 2;
    private const ulong MS_NODEV = 4;

    // The flags of mount(2) that an option stands for.
    private static readonly (string Option, ulong Flag)[] Flags =
    [
        ("ro", 1), ("noexec", 8), ("noatime", 1024), ("nodiratime", 2048), ("relatime", 1 << 21), ("strictatime", 1 << 24),
    ];

    /// <summary>Gives a mount the kernel flags of these options, and no others.</summary>
    public static bool Apply(string mountpoint, OptionSet options, out int errno)
    {
        ulong flags = MS_REMOUNT | (options.Has("suid") ? 0 : MS_NOSUID) | (options.Has("dev") ? 0 : MS_NODEV);
        foreach ((string option, ulong flag) in Flags)
        {
            if (options.Has(option))
                flags |= flag;
        }
        errno = Libc.Mount(null, mountpoint, null, (nuint)flags, null) == 0 ? 0 : Marshal.GetLastSystemError();
        return errno == 0;
    }
}
