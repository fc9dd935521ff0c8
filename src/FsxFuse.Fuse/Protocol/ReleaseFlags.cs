namespace FsxFuse.Fuse;

/// <summary>Flags of a RELEASE (FUSE_RELEASE_*).</summary>
[Flags]
public enum ReleaseFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Flush before releasing.</summary>
    Flush = 1 << 0,

    /// <summary>Drop the flock(2) lock held by <c>LockOwner</c>.</summary>
    FlockUnlock = 1 << 1,
}
