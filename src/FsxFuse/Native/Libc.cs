using System.Runtime.InteropServices;

namespace FsxFuse.Native;

/// <summary>The system calls the executable makes itself. Names and arguments are those of the man pages; -1 leaves errno in the last system error.</summary>
internal static partial class Libc
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int EINVAL = 22;
    public const int EBUSY = 16;
    public const int ENXIO = 6;
    public const int ENOTTY = 25;
    public const int ENODATA = 61;
    public const int EOPNOTSUPP = 95;
    public const int ECONNABORTED = 103;
    public const int ENOTCONN = 107;

    public const int MNT_FORCE = 1;
    public const int MNT_DETACH = 2;
    public const int UMOUNT_NOFOLLOW = 8;

    public const int SIGKILL = 9;
    public const int SIGTERM = 15;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint GetEffectiveGroupId();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static unsafe partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static unsafe partial int Ioctl(int fd, nuint command, void* argument);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial nint GetAttribute(string path, string name, byte* value, nint size);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* GetUser(string name);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* GetGroup(string name);

    [LibraryImport("libc", EntryPoint = "fnmatch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MatchName(string pattern, string name, int flags);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* RealPath(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "free")]
    private static unsafe partial void Free(void* memory);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint ReadLink(string path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeDirectory(string path);

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatFs(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int directory, string path, int flags, uint mask, byte* buffer);

    /// <summary>
    /// 0 when the file system at this path answers, else the errno. statfs(2), because the kernel asks the daemon each time, while it may
    /// answer a stat of a dead mount from its cache.
    /// </summary>
    public static unsafe int ProbeFileSystem(string path)
    {
        // struct statfs has 120 bytes on 64-bit machines.
        byte* buffer = stackalloc byte[256];
        return StatFs(path, buffer) == 0 ? 0 : Marshal.GetLastSystemError();
    }

    /// <summary>Whether this is the character device of the kernel's FUSE (number 10, 229 in its devices.txt).</summary>
    public static unsafe bool IsFuseDevice(string path)
    {
        // struct statx has 256 bytes: the mode at 28, the device's own number at 128 and 132.
        byte* buffer = stackalloc byte[256];
        const int AT_FDCWD = -100;
        const ushort S_IFMT = 0xF000, S_IFCHR = 0x2000;
        return StatX(AT_FDCWD, path, 0, 0x7FF, buffer) == 0 && (*(ushort*)(buffer + 28) & S_IFMT) == S_IFCHR
            && *(uint*)(buffer + 128) == 10 && *(uint*)(buffer + 132) == 229;
    }

    /// <summary>realpath(3), or null with errno.</summary>
    public static unsafe string? RealPath(string path, out int errno)
    {
        byte* resolved = RealPath(path, null);
        errno = resolved is null ? Marshal.GetLastSystemError() : 0;
        if (resolved is null)
            return null;
        try
        {
            return Marshal.PtrToStringUTF8((nint)resolved);
        }
        finally
        {
            Free(resolved);
        }
    }

    /// <summary>readlink(2), or null when the path is no symbolic link or cannot be read.</summary>
    public static unsafe string? ReadLink(string path)
    {
        Span<byte> buffer = stackalloc byte[4096];
        fixed (byte* start = buffer)
        {
            nint length = ReadLink(path, start, buffer.Length);
            return length < 0 ? null : System.Text.Encoding.UTF8.GetString(buffer[..(int)length]);
        }
    }

    /// <summary>Attributes of what is at a path, symbolic links not followed (lstat(2)); null with the errno.</summary>
    public static unsafe FileAttributes? Stat(string path, out int errno)
    {
        byte* s = stackalloc byte[256];
        const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100;
        errno = StatX(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0x7FF, s) == 0 ? 0 : Marshal.GetLastSystemError();
        // struct statx: uid at 20, gid at 24, mode at 28, size at 40, atime at 64, ctime at 96, mtime at 112, device at 136.
        return errno != 0 ? null : new FileAttributes(
            *(ushort*)(s + 28), *(uint*)(s + 20), *(uint*)(s + 24), *(long*)(s + 40), *(long*)(s + 64), *(long*)(s + 112), *(long*)(s + 96), *(ulong*)(s + 136));
    }

    /// <summary>Space of the file system at a path (statfs(2)): unit, units in all, free, and inodes in all, free; null with the errno.</summary>
    public static unsafe (long Unit, long Total, long Free, long Files, long FilesFree)? Space(string path, out int errno)
    {
        // struct statfs on 64-bit machines, 8 bytes a field: type, bsize, blocks, bfree, bavail, files, ffree, fsid, namelen, frsize.
        long* fields = stackalloc long[32];
        errno = StatFs(path, (byte*)fields) == 0 ? 0 : Marshal.GetLastSystemError();
        return errno != 0 ? null : (fields[9], fields[2], fields[4], fields[5], fields[6]);
    }

    /// <summary>The number of a user by name (getpwnam(3)), or null.</summary>
    public static unsafe uint? UserId(string name)
    {
        byte* entry = GetUser(name);
        return entry is null ? null : *(uint*)(entry + 2 * sizeof(nint));
    }

    /// <summary>The number of a group by name (getgrnam(3)), or null.</summary>
    public static unsafe uint? GroupId(string name)
    {
        byte* entry = GetGroup(name);
        return entry is null ? null : *(uint*)(entry + 2 * sizeof(nint));
    }

    /// <summary>fnmatch(3): whether a name fits a shell pattern.</summary>
    public static bool Matches(string pattern, string name) => MatchName(pattern, name, 0) == 0;

    /// <summary>The text of an errno.</summary>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}
