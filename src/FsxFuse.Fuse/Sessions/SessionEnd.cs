namespace FsxFuse.Fuse;

/// <summary>How a session ended.</summary>
public enum SessionEnd
{
    /// <summary>Cleanly: the file system was unmounted (ENODEV).</summary>
    Unmounted,

    /// <summary>The connection was aborted (ECONNABORTED): by <see cref="FuseSession.Abort"/>, fusectl, or umount -f of a busy mount. The mount stays, dead, until it is unmounted.</summary>
    Aborted,

    /// <summary>No agreement on the protocol, or the device failed: see <see cref="FuseSession.Failure"/>.</summary>
    Failed,
}
