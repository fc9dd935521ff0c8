namespace FsxFuse.Cache;

/// <summary>Mode bits of fallocate(2) (linux/falloc.h).</summary>
[Flags]
public enum FallocateMode
{
    /// <summary>Reserve space, and extend the file if the range ends beyond it (posix_fallocate).</summary>
    Allocate = 0,

    /// <summary>Do not extend the file.</summary>
    KeepSize = 1,

    /// <summary>Make the range a hole; only together with <see cref="KeepSize"/>.</summary>
    PunchHole = 2,

    /// <summary>Make the range zeros, reserved.</summary>
    ZeroRange = 16,
}
