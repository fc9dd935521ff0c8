namespace FsxFuse.Fuse;

/// <summary>Flags the kernel adds to OPEN and CREATE (FUSE_OPEN_*), apart from open(2)'s own.</summary>
[Flags]
public enum OpenRequestFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Clear suid, and sgid of a group-executable file (with O_TRUNC).</summary>
    KillSuidGid = 1 << 0,
}
