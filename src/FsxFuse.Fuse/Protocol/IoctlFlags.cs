namespace FsxFuse.Fuse;

/// <summary>Flags of an IOCTL (FUSE_IOCTL_*).</summary>
[Flags]
public enum IoctlFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A 32-bit call on a 64-bit kernel.</summary>
    Compat = 1 << 0,

    /// <summary>CUSE only.</summary>
    Unrestricted = 1 << 1,

    /// <summary>CUSE only.</summary>
    Retry = 1 << 2,

    /// <summary>A 32-bit caller.</summary>
    Is32Bit = 1 << 3,

    /// <summary>The target is a directory.</summary>
    Directory = 1 << 4,

    /// <summary>An x32 caller.</summary>
    CompatX32 = 1 << 5,
}
