namespace FsxFuse.Model;

/// <summary>What one line of a script does.</summary>
internal enum OperationKind
{
    /// <summary>open(2) into a handle slot; what the slot held is closed first.</summary>
    Open,

    /// <summary>close(2).</summary>
    Close,

    /// <summary>read(2) at the handle's position.</summary>
    Read,

    /// <summary>pread(2).</summary>
    ReadAt,

    /// <summary>preadv(2) into two buffers.</summary>
    ReadVector,

    /// <summary>write(2) at the handle's position, or at the end with O_APPEND.</summary>
    Write,

    /// <summary>pwrite(2).</summary>
    WriteAt,

    /// <summary>pwritev(2) from two buffers.</summary>
    WriteVector,

    /// <summary>lseek(2) from the start.</summary>
    Seek,

    /// <summary>SEEK_HOLE and SEEK_DATA from an offset to the end.</summary>
    SeekHoles,

    /// <summary>truncate(2).</summary>
    Truncate,

    /// <summary>ftruncate(2).</summary>
    TruncateHandle,

    /// <summary>fallocate(2).</summary>
    Allocate,

    /// <summary>copy_file_range(2).</summary>
    Copy,

    /// <summary>A write through a shared mapping, msync(2) and munmap(2).</summary>
    MapWrite,

    /// <summary>A read through a shared mapping.</summary>
    MapRead,

    /// <summary>fsync(2).</summary>
    Sync,

    /// <summary>fdatasync(2).</summary>
    SyncData,

    /// <summary>mkdir(2).</summary>
    MakeDirectory,

    /// <summary>rmdir(2).</summary>
    RemoveDirectory,

    /// <summary>mknod(2) of a regular file, FIFO, socket or the null device.</summary>
    MakeNode,

    /// <summary>symlink(2).</summary>
    Symlink,

    /// <summary>readlink(2).</summary>
    ReadLink,

    /// <summary>link(2).</summary>
    Link,

    /// <summary>linkat(2) of a handle: how an O_TMPFILE gets its name.</summary>
    LinkHandle,

    /// <summary>unlink(2).</summary>
    Unlink,

    /// <summary>renameat2(2).</summary>
    Rename,

    /// <summary>chmod(2).</summary>
    ChangeMode,

    /// <summary>fchmod(2).</summary>
    ChangeModeOfHandle,

    /// <summary>lchown(2).</summary>
    ChangeOwner,

    /// <summary>utimensat(2).</summary>
    SetTimes,

    /// <summary>futimens(2).</summary>
    SetTimesOfHandle,

    /// <summary>lsetxattr(2).</summary>
    SetAttribute,

    /// <summary>fsetxattr(2).</summary>
    SetAttributeOfHandle,

    /// <summary>lgetxattr(2).</summary>
    GetAttribute,

    /// <summary>lremovexattr(2).</summary>
    RemoveAttribute,

    /// <summary>faccessat(2).</summary>
    Access,

    /// <summary>The names in a directory.</summary>
    List,

    /// <summary>The same in small pieces, with one name made and one removed in between.</summary>
    ListWhileChanging,

    /// <summary>flock(2), never waiting.</summary>
    LockFile,

    /// <summary>F_OFD_SETLK.</summary>
    LockRange,

    /// <summary>F_SETLK.</summary>
    LockProcessRange,

    /// <summary>F_OFD_GETLK.</summary>
    TestLock,

    /// <summary><c>fsxfuse release</c> of a path.</summary>
    Release,

    /// <summary><c>fsxfuse preload</c> of a path.</summary>
    Preload,

    /// <summary><c>fsxfuse export</c> of a path.</summary>
    Export,

    /// <summary><c>fsxfuse import</c> of a path.</summary>
    Import,

    /// <summary>Everything closed, unmounted and mounted again.</summary>
    Remount,

    /// <summary>The daemon killed with everything open, and mounted again.</summary>
    Kill,

    /// <summary>A comparison of everything.</summary>
    Compare,
}
