using System.Runtime.InteropServices;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>Numbers of the Linux system call interface on x86-64 and arm64, under their C names.</summary>
internal static class Abi
{
    private static readonly bool s_arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_TRUNC = 0x200;
    internal const int O_APPEND = 0x400;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_DSYNC = 0x1000;
    internal const int O_NOATIME = 0x40000;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_SYNC = 0x101000;
    internal const int O_PATH = 0x200000;

    // These three moved on arm64 (arch/arm64/include/uapi/asm/fcntl.h).
    internal static readonly int O_DIRECTORY = s_arm ? 0x4000 : 0x10000;
    internal static readonly int O_NOFOLLOW = s_arm ? 0x8000 : 0x20000;
    internal static readonly int O_DIRECT = s_arm ? 0x10000 : 0x4000;
    internal static readonly int O_TMPFILE = 0x400000 | O_DIRECTORY;

    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_EACCESS = 0x200;
    internal const int AT_REMOVEDIR = 0x200;
    internal const int AT_SYMLINK_FOLLOW = 0x400;
    internal const int AT_EMPTY_PATH = 0x1000;

    internal const int S_IFMT = 0xF000;
    internal const int S_IFIFO = 0x1000;
    internal const int S_IFCHR = 0x2000;
    internal const int S_IFDIR = 0x4000;
    internal const int S_IFBLK = 0x6000;
    internal const int S_IFREG = 0x8000;
    internal const int S_IFLNK = 0xA000;
    internal const int S_IFSOCK = 0xC000;

    internal const int F_OK = 0;
    internal const int X_OK = 1;
    internal const int W_OK = 2;
    internal const int R_OK = 4;

    internal const int SEEK_SET = 0;
    internal const int SEEK_CUR = 1;
    internal const int SEEK_END = 2;
    internal const int SEEK_DATA = 3;
    internal const int SEEK_HOLE = 4;

    internal const int RENAME_NOREPLACE = 1;
    internal const int RENAME_EXCHANGE = 2;
    internal const int RENAME_WHITEOUT = 4;

    internal const int FALLOC_FL_KEEP_SIZE = 1;
    internal const int FALLOC_FL_PUNCH_HOLE = 2;
    internal const int FALLOC_FL_COLLAPSE_RANGE = 8;
    internal const int FALLOC_FL_ZERO_RANGE = 0x10;
    internal const int FALLOC_FL_INSERT_RANGE = 0x20;

    internal const int XATTR_CREATE = 1;
    internal const int XATTR_REPLACE = 2;

    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int F_GETLK = 5;
    internal const int F_SETLK = 6;
    internal const int F_SETLKW = 7;
    internal const int F_OFD_GETLK = 36;
    internal const int F_OFD_SETLK = 37;
    internal const int F_OFD_SETLKW = 38;
    internal const short F_RDLCK = 0;
    internal const short F_WRLCK = 1;
    internal const short F_UNLCK = 2;

    internal const int LOCK_SH = 1;
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int LOCK_UN = 8;

    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int MAP_PRIVATE = 2;
    internal const int MS_ASYNC = 1;
    internal const int MS_SYNC = 4;

    /// <summary>Value of <c>tv_nsec</c> that asks for the current time, utimensat(2).</summary>
    internal const long UTIME_NOW = (1L << 30) - 1;

    /// <summary>Value of <c>tv_nsec</c> that leaves a time alone, utimensat(2).</summary>
    internal const long UTIME_OMIT = (1L << 30) - 2;

    internal const int NAME_MAX = 255;
    internal const int PATH_MAX = 4096;

    internal const byte DT_UNKNOWN = 0;
    internal const byte DT_FIFO = 1;
    internal const byte DT_CHR = 2;
    internal const byte DT_DIR = 4;
    internal const byte DT_BLK = 6;
    internal const byte DT_REG = 8;
    internal const byte DT_LNK = 10;
    internal const byte DT_SOCK = 12;

    internal static int SYS_setresuid => s_arm ? 147 : 117;
    internal static int SYS_setresgid => s_arm ? 149 : 119;
    internal static int SYS_setgroups => s_arm ? 159 : 116;
    internal static int SYS_getdents64 => s_arm ? 61 : 217;
}
