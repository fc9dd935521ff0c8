namespace FsxFuse.Cache;

/// <summary>The Linux error numbers this part reports (asm-generic/errno.h).</summary>
public static class Errno
{
    /// <summary>No such file.</summary>
    public const int ENOENT = 2;

    /// <summary>Interrupted system call.</summary>
    public const int EINTR = 4;

    /// <summary>Input/output error.</summary>
    public const int EIO = 5;

    /// <summary>No such address: lseek beyond the end.</summary>
    public const int ENXIO = 6;

    /// <summary>Try again.</summary>
    public const int EAGAIN = 11;

    /// <summary>Permission denied.</summary>
    public const int EACCES = 13;

    /// <summary>File exists.</summary>
    public const int EEXIST = 17;

    /// <summary>Cross-device.</summary>
    public const int EXDEV = 18;

    /// <summary>Invalid argument.</summary>
    public const int EINVAL = 22;

    /// <summary>File too large.</summary>
    public const int EFBIG = 27;

    /// <summary>No space left.</summary>
    public const int ENOSPC = 28;

    /// <summary>Function not implemented.</summary>
    public const int ENOSYS = 38;

    /// <summary>Operation not supported.</summary>
    public const int EOPNOTSUPP = 95;

    /// <summary>Timed out.</summary>
    public const int ETIMEDOUT = 110;

    /// <summary>The object changed or vanished.</summary>
    public const int ESTALE = 116;

    /// <summary>Quota exceeded.</summary>
    public const int EDQUOT = 122;
}
