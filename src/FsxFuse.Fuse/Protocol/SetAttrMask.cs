namespace FsxFuse.Fuse;

/// <summary>Which attributes SETATTR sets (FATTR_*).</summary>
[Flags]
public enum SetAttrMask : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Mode.</summary>
    Mode = 1 << 0,

    /// <summary>Owner.</summary>
    Uid = 1 << 1,

    /// <summary>Group.</summary>
    Gid = 1 << 2,

    /// <summary>Size: truncate(2) or extend.</summary>
    Size = 1 << 3,

    /// <summary>Access time.</summary>
    ATime = 1 << 4,

    /// <summary>Modification time.</summary>
    MTime = 1 << 5,

    /// <summary>The request comes by an open handle (ftruncate, futimens).</summary>
    Handle = 1 << 6,

    /// <summary>Access time to the current time.</summary>
    ATimeNow = 1 << 7,

    /// <summary>Modification time to the current time.</summary>
    MTimeNow = 1 << 8,

    /// <summary>The lock owner is valid (for mandatory locks).</summary>
    LockOwner = 1 << 9,

    /// <summary>Change time (only with the write-back cache).</summary>
    CTime = 1 << 10,

    /// <summary>Clear suid, and sgid of a group-executable file.</summary>
    KillSuidGid = 1 << 11,
}
