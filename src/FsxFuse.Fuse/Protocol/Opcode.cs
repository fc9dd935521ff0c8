namespace FsxFuse.Fuse;

/// <summary>Operation codes of the protocol (enum fuse_opcode), under the kernel's own names.</summary>
public enum Opcode : uint
{
    /// <summary>FUSE_LOOKUP.</summary>
    LOOKUP = 1,

    /// <summary>FUSE_FORGET.</summary>
    FORGET = 2,

    /// <summary>FUSE_GETATTR.</summary>
    GETATTR = 3,

    /// <summary>FUSE_SETATTR.</summary>
    SETATTR = 4,

    /// <summary>FUSE_READLINK.</summary>
    READLINK = 5,

    /// <summary>FUSE_SYMLINK.</summary>
    SYMLINK = 6,

    /// <summary>FUSE_MKNOD.</summary>
    MKNOD = 8,

    /// <summary>FUSE_MKDIR.</summary>
    MKDIR = 9,

    /// <summary>FUSE_UNLINK.</summary>
    UNLINK = 10,

    /// <summary>FUSE_RMDIR.</summary>
    RMDIR = 11,

    /// <summary>FUSE_RENAME.</summary>
    RENAME = 12,

    /// <summary>FUSE_LINK.</summary>
    LINK = 13,

    /// <summary>FUSE_OPEN.</summary>
    OPEN = 14,

    /// <summary>FUSE_READ.</summary>
    READ = 15,

    /// <summary>FUSE_WRITE.</summary>
    WRITE = 16,

    /// <summary>FUSE_STATFS.</summary>
    STATFS = 17,

    /// <summary>FUSE_RELEASE.</summary>
    RELEASE = 18,

    /// <summary>FUSE_FSYNC.</summary>
    FSYNC = 20,

    /// <summary>FUSE_SETXATTR.</summary>
    SETXATTR = 21,

    /// <summary>FUSE_GETXATTR.</summary>
    GETXATTR = 22,

    /// <summary>FUSE_LISTXATTR.</summary>
    LISTXATTR = 23,

    /// <summary>FUSE_REMOVEXATTR.</summary>
    REMOVEXATTR = 24,

    /// <summary>FUSE_FLUSH.</summary>
    FLUSH = 25,

    /// <summary>FUSE_INIT.</summary>
    INIT = 26,

    /// <summary>FUSE_OPENDIR.</summary>
    OPENDIR = 27,

    /// <summary>FUSE_READDIR.</summary>
    READDIR = 28,

    /// <summary>FUSE_RELEASEDIR.</summary>
    RELEASEDIR = 29,

    /// <summary>FUSE_FSYNCDIR.</summary>
    FSYNCDIR = 30,

    /// <summary>FUSE_GETLK.</summary>
    GETLK = 31,

    /// <summary>FUSE_SETLK.</summary>
    SETLK = 32,

    /// <summary>FUSE_SETLKW.</summary>
    SETLKW = 33,

    /// <summary>FUSE_ACCESS.</summary>
    ACCESS = 34,

    /// <summary>FUSE_CREATE.</summary>
    CREATE = 35,

    /// <summary>FUSE_INTERRUPT.</summary>
    INTERRUPT = 36,

    /// <summary>FUSE_BMAP.</summary>
    BMAP = 37,

    /// <summary>FUSE_DESTROY.</summary>
    DESTROY = 38,

    /// <summary>FUSE_IOCTL.</summary>
    IOCTL = 39,

    /// <summary>FUSE_POLL.</summary>
    POLL = 40,

    /// <summary>FUSE_NOTIFY_REPLY.</summary>
    NOTIFY_REPLY = 41,

    /// <summary>FUSE_BATCH_FORGET.</summary>
    BATCH_FORGET = 42,

    /// <summary>FUSE_FALLOCATE.</summary>
    FALLOCATE = 43,

    /// <summary>FUSE_READDIRPLUS.</summary>
    READDIRPLUS = 44,

    /// <summary>FUSE_RENAME2.</summary>
    RENAME2 = 45,

    /// <summary>FUSE_LSEEK.</summary>
    LSEEK = 46,

    /// <summary>FUSE_COPY_FILE_RANGE.</summary>
    COPY_FILE_RANGE = 47,

    /// <summary>FUSE_SYNCFS.</summary>
    SYNCFS = 50,

    /// <summary>FUSE_TMPFILE.</summary>
    TMPFILE = 51,

    /// <summary>FUSE_STATX.</summary>
    STATX = 52,

    /// <summary>FUSE_COPY_FILE_RANGE_64.</summary>
    COPY_FILE_RANGE_64 = 53,
}
