using System.Runtime.InteropServices;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>The libc functions that Mono.Posix lacks or cannot express (flags it does not know, names that are not UTF-8).</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport("libc")]
    internal static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int siginterrupt(int number, int interrupt);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int tgkill(int process, int thread, int number);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(int dir, byte[] path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(int fd, byte* buffer, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwrite(int fd, byte* buffer, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint preadv(int fd, IoVector* vectors, int count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwritev(int fd, IoVector* vectors, int count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readv(int fd, IoVector* vectors, int count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint writev(int fd, IoVector* vectors, int count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(int fd, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(int fd, long length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fallocate(int fd, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint copy_file_range(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint sendfile(int to, int from, long* offset, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(int dir, byte[] path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int faccessat(int dir, byte[] path, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int name_to_handle_at(int dir, byte[] path, byte* handle, int* mount, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int open_by_handle_at(int mount, byte* handle, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlink(byte[] path, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int linkat(int fromDir, byte[] from, int toDir, byte[] to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat2(int fromDir, byte[] from, int toDir, byte[] to, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlinkat(int dir, byte[] path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mkdirat(int dir, byte[] path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(int fd, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmodat(int dir, byte[] path, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchown(int fd, uint uid, uint gid);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchdir(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int utimensat(int dir, byte[] path, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int futimens(int fd, long* times);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int truncate(byte[] path, long length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int fd, int command, FileLock* argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(int fd, int operation);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int lsetxattr(byte[] path, byte[] name, byte* value, nint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setxattr(byte[] path, byte[] name, byte* value, nint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsetxattr(int fd, byte[] name, byte* value, nint size, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint lgetxattr(byte[] path, byte[] name, byte* value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getxattr(byte[] path, byte[] name, byte* value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint fgetxattr(int fd, byte[] name, byte* value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint listxattr(byte[] path, byte* list, nint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint flistxattr(int fd, byte* list, nint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int removexattr(byte[] path, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int lremovexattr(byte[] path, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fremovexattr(int fd, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(nint address, nint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int msync(nint address, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statfs(byte[] path, byte* buffer);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(int fd, byte* buffer);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int syncfs(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(int fd, byte[] address, int length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setrlimit(int resource, ulong* limits);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc")]
    internal static partial void _exit(int status);

    [LibraryImport("libc")]
    internal static partial uint geteuid();
}
