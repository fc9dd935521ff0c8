namespace FsxFuse.Metadata;

/// <summary>The file-type bits of st_mode (inode(7)).</summary>
public static class FileType
{
    /// <summary>S_IFMT.</summary>
    public const uint Mask = 0xF000;

    /// <summary>S_IFSOCK.</summary>
    public const uint Socket = 0xC000;

    /// <summary>S_IFLNK.</summary>
    public const uint Symlink = 0xA000;

    /// <summary>S_IFREG.</summary>
    public const uint Regular = 0x8000;

    /// <summary>S_IFBLK.</summary>
    public const uint BlockDevice = 0x6000;

    /// <summary>S_IFDIR.</summary>
    public const uint Directory = 0x4000;

    /// <summary>S_IFCHR.</summary>
    public const uint CharacterDevice = 0x2000;

    /// <summary>S_IFIFO.</summary>
    public const uint Fifo = 0x1000;

    /// <summary>The d_type of a directory entry (readdir(3)): S_IFMT shifted by 12; 0 is DT_UNKNOWN.</summary>
    public static byte ToDirentType(uint mode) => (byte)((mode & Mask) >> 12);
}
