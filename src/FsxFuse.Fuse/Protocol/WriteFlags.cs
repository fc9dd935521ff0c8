namespace FsxFuse.Fuse;

/// <summary>Flags of a WRITE (FUSE_WRITE_*).</summary>
[Flags]
public enum WriteFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A delayed write out of the page cache; the handle is a guess, the caller's ids are not the writer's.</summary>
    Cache = 1 << 0,

    /// <summary>The lock owner is valid.</summary>
    LockOwner = 1 << 1,

    /// <summary>Clear suid, and sgid of a group-executable file.</summary>
    KillSuidGid = 1 << 2,
}
