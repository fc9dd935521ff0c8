using System.Runtime.InteropServices;

namespace FsxFuse.Fuse.Native;

/// <summary>
/// System calls. All are blittable, and none suppresses the GC transition: a thread that blocks in the kernel without it would stop
/// every collection. Callers read errno with <see cref="Marshal.GetLastSystemError"/> straight after the call.
/// </summary>
internal static unsafe partial class LibC
{
    public const int O_RDWR = 2;
    public const int O_CLOEXEC = 0x80000;
    public const int PROT_READ_WRITE = 3;
    public const int MAP_PRIVATE_ANONYMOUS = 0x22;
    public const int MADV_DONTNEED = 4;
    public const int MNT_FORCE = 1;
    public const int MNT_DETACH = 2;
    public const int UMOUNT_NOFOLLOW = 8;
    public const int AF_UNIX = 1;
    public const int SOCK_STREAM_CLOEXEC = 0x80001;
    public const int MSG_CMSG_CLOEXEC = 0x40000000;

    [LibraryImport("libc")]
    public static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc")]
    public static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc")]
    public static partial nint writev(int fd, IOVector* vectors, int count);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc")]
    public static partial int close(int fd);

    [LibraryImport("libc")]
    public static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc")]
    public static partial byte* mmap(byte* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc")]
    public static partial int munmap(byte* address, nuint length);

    [LibraryImport("libc")]
    public static partial int madvise(byte* address, nuint length, int advice);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int umount2(string target, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* realpath(string path, byte* resolved);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc")]
    public static partial uint getegid();

    [LibraryImport("libc")]
    public static partial int socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport("libc")]
    public static partial nint recvmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc")]
    public static partial int pipe2(int* pair, int flags);

    [LibraryImport("libc")]
    public static partial int posix_spawnp(int* pid, byte* file, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    public static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc")]
    public static partial void free(void* pointer);
}
