namespace FsxFuse.FileSystem;

/// <summary>The flags of open(2) that reach us and matter here (asm-generic/fcntl.h).</summary>
internal static class OpenFlags
{
    public const uint ReadOnly = 0;
    public const uint AccessMode = 3;
    public const uint Exclusive = 0x80;
    public const uint Truncate = 0x200;

    /// <summary>O_DSYNC; O_SYNC includes it.</summary>
    public const uint DataSync = 0x1000;

    public const uint NoAccessTime = 0x40000;

    /// <summary>The bit of O_SYNC that O_DSYNC lacks.</summary>
    public const uint FileSync = 0x100000;
}
