namespace FsxFuse.Fuse;

/// <summary>Type of a lock (F_RDLCK, F_WRLCK, F_UNLCK; flock(2) uses the same).</summary>
public enum LockType : uint
{
    /// <summary>Shared.</summary>
    Read = 0,

    /// <summary>Exclusive.</summary>
    Write = 1,

    /// <summary>None; unlock.</summary>
    Unlock = 2,
}
