namespace FsxFuse.Fuse;

/// <summary>How to unmount.</summary>
public enum UnmountMode
{
    /// <summary>Fail with EBUSY while anything on it is in use.</summary>
    Normal,

    /// <summary>Detach it from the tree now; the session goes on until the last open file is closed.</summary>
    Lazy,

    /// <summary>Normal, and lazily if it is busy.</summary>
    NormalThenLazy,
}
