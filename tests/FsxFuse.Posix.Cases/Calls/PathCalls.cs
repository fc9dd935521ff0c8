using Mono.Unix.Native;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>System calls on paths; modes are octal digits in a decimal number (0755 is 755).</summary>
internal static unsafe class PathCalls
{
    private static FilePermissions Permissions(int digits) => (FilePermissions)Octal.FromDigits(digits);

    internal static Outcome Open(string path, int flags, int mode = 644) => OpenAt(AT_FDCWD, path, flags, mode);

    internal static Outcome OpenAt(int dir, string path, int flags, int mode = 644) =>
        Outcome.Of($"open({Name.Shown(path)}, 0x{flags:x}, 0{mode})", Libc.openat(dir, Name.Bytes(path), flags | O_CLOEXEC, Octal.FromDigits(mode)));

    internal static Outcome Mkdir(string path, int mode = 755) =>
        Outcome.Of($"mkdir({Name.Shown(path)}, 0{mode})", Syscall.mkdir(path, Permissions(mode)));

    internal static Outcome Rmdir(string path) => Outcome.Of($"rmdir({Name.Shown(path)})", Syscall.rmdir(path));

    internal static Outcome Unlink(string path) => Outcome.Of($"unlink({Name.Shown(path)})", Syscall.unlink(path));

    internal static Outcome UnlinkAt(int dir, string path, int flags) =>
        Outcome.Of($"unlinkat({dir}, {Name.Shown(path)}, 0x{flags:x})", Libc.unlinkat(dir, Name.Bytes(path), flags));

    internal static Outcome Link(string from, string to) =>
        Outcome.Of($"link({Name.Shown(from)}, {Name.Shown(to)})", Syscall.link(from, to));

    internal static Outcome LinkAt(int fromDir, string from, int toDir, string to, int flags) =>
        Outcome.Of($"linkat({fromDir}, {Name.Shown(from)}, {toDir}, {Name.Shown(to)}, 0x{flags:x})", Libc.linkat(fromDir, Name.Bytes(from), toDir, Name.Bytes(to), flags));

    internal static Outcome Symlink(string target, string path) =>
        Outcome.Of($"symlink({Name.Shown(target)}, {Name.Shown(path)})", Syscall.symlink(target, path));

    /// <summary>readlink(2); the text is meaningful only when the outcome is a success.</summary>
    internal static Outcome Readlink(string path, out string target, int room = PATH_MAX)
    {
        byte[] buffer = new byte[room];
        Outcome outcome;
        fixed (byte* p = buffer)
            outcome = Outcome.Of($"readlink({Name.Shown(path)})", Libc.readlink(Name.Bytes(path), p, room));
        target = outcome.Succeeded ? Name.Text(buffer.AsSpan(0, (int)outcome.Value)) : "";
        return outcome;
    }

    internal static Outcome Rename(string from, string to) =>
        Outcome.Of($"rename({Name.Shown(from)}, {Name.Shown(to)})", Stdlib.rename(from, to));

    internal static Outcome Rename2(string from, string to, int flags) =>
        Outcome.Of($"renameat2({Name.Shown(from)}, {Name.Shown(to)}, {flags})", Libc.renameat2(AT_FDCWD, Name.Bytes(from), AT_FDCWD, Name.Bytes(to), (uint)flags));

    internal static Outcome Mkfifo(string path, int mode = 644) =>
        Outcome.Of($"mkfifo({Name.Shown(path)}, 0{mode})", Syscall.mkfifo(path, Permissions(mode)));

    /// <summary>mknod(2) with one of the <c>S_IF*</c> types; device numbers below 256.</summary>
    internal static Outcome Mknod(string path, int type, int mode = 644, int major = 0, int minor = 0) =>
        Outcome.Of($"mknod({Name.Shown(path)}, 0x{type:x}|0{mode}, {major}:{minor})", Syscall.mknod(path, (FilePermissions)type | Permissions(mode), (ulong)((major << 8) | minor)));

    internal static Outcome Chmod(string path, int mode) =>
        Outcome.Of($"chmod({Name.Shown(path)}, 0{mode})", Syscall.chmod(path, Permissions(mode)));

    internal static Outcome Fchmod(int fd, int mode) => Outcome.Of($"fchmod({fd}, 0{mode})", Libc.fchmod(fd, Octal.FromDigits(mode)));

    /// <summary>chown(2); -1 leaves an owner alone.</summary>
    internal static Outcome Chown(string path, long uid, long gid) =>
        Outcome.Of($"chown({Name.Shown(path)}, {uid}, {gid})", Syscall.chown(path, unchecked((uint)uid), unchecked((uint)gid)));

    internal static Outcome Lchown(string path, long uid, long gid) =>
        Outcome.Of($"lchown({Name.Shown(path)}, {uid}, {gid})", Syscall.lchown(path, unchecked((uint)uid), unchecked((uint)gid)));

    internal static Outcome Fchown(int fd, long uid, long gid) =>
        Outcome.Of($"fchown({fd}, {uid}, {gid})", Libc.fchown(fd, unchecked((uint)uid), unchecked((uint)gid)));

    internal static Outcome Truncate(string path, long length) =>
        Outcome.Of($"truncate({Name.Shown(path)}, {length})", Libc.truncate(Name.Bytes(path), length));

    internal static Outcome AccessOf(string path, int mode, int flags = 0) =>
        Outcome.Of($"faccessat({Name.Shown(path)}, {mode}, 0x{flags:x})", Libc.faccessat(AT_FDCWD, Name.Bytes(path), mode, flags));

    internal static Outcome Chdir(string path) => Outcome.Of($"chdir({Name.Shown(path)})", Syscall.chdir(path));

    internal static Outcome Fchdir(int fd) => Outcome.Of($"fchdir({fd})", Libc.fchdir(fd));

    /// <summary>umask(2) of the case's thread (every case has a file system context of its own); returns the old one.</summary>
    internal static int Umask(int mask) => Octal.ToDigits((int)Syscall.umask(Permissions(mask)));

    internal static Outcome TryStat(string path, out FileStat stat, int flags = 0, int dir = AT_FDCWD)
    {
        byte* buffer = stackalloc byte[FileStat.Size];
        new Span<byte>(buffer, FileStat.Size).Clear();
        var outcome = Outcome.Of($"statx({Name.Shown(path)}, 0x{flags:x})", Libc.statx(dir, Name.Bytes(path), flags, FileStat.Everything, buffer));
        stat = new FileStat(new ReadOnlySpan<byte>(buffer, FileStat.Size));
        return outcome;
    }

    /// <summary>stat(2), which must succeed.</summary>
    internal static FileStat Stat(string path)
    {
        TryStat(path, out var stat).Ok();
        return stat;
    }

    /// <summary>lstat(2), which must succeed.</summary>
    internal static FileStat Lstat(string path)
    {
        TryStat(path, out var stat, AT_SYMLINK_NOFOLLOW).Ok();
        return stat;
    }

    /// <summary>fstat(2), which must succeed.</summary>
    internal static FileStat Fstat(int fd)
    {
        TryStat("", out var stat, AT_EMPTY_PATH, fd).Ok();
        return stat;
    }

    internal static bool Exists(string path) => TryStat(path, out _, AT_SYMLINK_NOFOLLOW).Succeeded;

    internal static Outcome Utimens(string path, Timestamp access, Timestamp modify, int flags = 0)
    {
        long* times = stackalloc long[] { access.Seconds, access.Nanoseconds, modify.Seconds, modify.Nanoseconds };
        return Outcome.Of($"utimensat({Name.Shown(path)}, {access}, {modify})", Libc.utimensat(AT_FDCWD, Name.Bytes(path), times, flags));
    }

    /// <summary>utimensat(2) with no times: both become the current time.</summary>
    internal static Outcome Touch(string path) =>
        Outcome.Of($"utimensat({Name.Shown(path)}, NULL)", Libc.utimensat(AT_FDCWD, Name.Bytes(path), null, 0));

    internal static Outcome Futimens(int fd, Timestamp access, Timestamp modify)
    {
        long* times = stackalloc long[] { access.Seconds, access.Nanoseconds, modify.Seconds, modify.Nanoseconds };
        return Outcome.Of($"futimens({fd}, {access}, {modify})", Libc.futimens(fd, times));
    }

    internal static Outcome TryStatfs(string path, out VolumeStat volume)
    {
        byte* buffer = stackalloc byte[VolumeStat.Size];
        new Span<byte>(buffer, VolumeStat.Size).Clear();
        var outcome = Outcome.Of($"statfs({Name.Shown(path)})", Libc.statfs(Name.Bytes(path), buffer));
        volume = new VolumeStat(new ReadOnlySpan<byte>(buffer, VolumeStat.Size));
        return outcome;
    }

    internal static VolumeStat Statfs(string path)
    {
        TryStatfs(path, out var volume).Ok();
        return volume;
    }

    /// <summary>A Unix socket's name, made by bind(2).</summary>
    internal static Outcome BindSocket(string path)
    {
        int socket = Libc.socket(1, 1, 0);
        byte[] address = new byte[110];
        address[0] = 1;
        Name.Bytes(path).CopyTo(address, 2);
        var outcome = Outcome.Of($"bind({Name.Shown(path)})", Libc.bind(socket, address, address.Length));
        Libc.close(socket);
        return outcome;
    }
}
