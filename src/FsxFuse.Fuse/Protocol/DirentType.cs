namespace FsxFuse.Fuse;

/// <summary>File type of a directory entry (DT_*): the file type bits of its mode shifted right by 12.</summary>
public enum DirentType : uint
{
    /// <summary>Not known: the caller will stat.</summary>
    Unknown = 0,

    /// <summary>FIFO.</summary>
    Fifo = 1,

    /// <summary>Character device.</summary>
    CharacterDevice = 2,

    /// <summary>Directory.</summary>
    Directory = 4,

    /// <summary>Block device.</summary>
    BlockDevice = 6,

    /// <summary>Regular file.</summary>
    Regular = 8,

    /// <summary>Symbolic link.</summary>
    Symlink = 10,

    /// <summary>Socket.</summary>
    Socket = 12,
}
