namespace FsxFuse.Fuse;

/// <summary>
/// A file system: one virtual method for each operation, whose default answers ENOSYS. Methods run on the session's reader threads, several at
/// once. Each request must be answered exactly once: before the method returns, or later from any thread by a kept copy of the request.
/// A method that throws before it has answered answers EIO.
/// </summary>
/// <remarks>
/// Never touch the own mount in here (open, stat, chdir, or a child process that inherits a descriptor of it), and never wait for a
/// notification of the inode being asked about: both deadlock.
/// </remarks>
public abstract class FuseFileSystem
{
    /// <summary>The protocol has been negotiated; called once, before any other request. Must not wait for the mount.</summary>
    /// <param name="connection">What was agreed, and what can be asked of the kernel.</param>
    public virtual void Init(FuseConnection connection)
    {
    }

    /// <summary>The session has ended and no request is running any more. Called once if <see cref="Init"/> was.</summary>
    public virtual void Destroy()
    {
    }

    /// <summary>
    /// The kernel drops references it got by entry replies (FORGET and BATCH_FORGET). At the end of a session all that remain are dropped without it.
    /// </summary>
    /// <param name="nodeId">The inode.</param>
    /// <param name="count">How many to take from its lookup count.</param>
    public virtual void Forget(ulong nodeId, ulong count)
    {
    }

    /// <summary>Find a name. Also "." and ".." with <see cref="FuseCapabilities.ExportSupport"/>.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Lookup(LookupRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Attributes of an inode.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void GetAttr(GetAttrRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Change attributes.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void SetAttr(SetAttrRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Target of a symbolic link.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void ReadLink(ReadLinkRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Create a symbolic link.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Symlink(SymlinkRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Create a file, FIFO, socket or device node.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void MkNod(MkNodRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Create a directory.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void MkDir(MkDirRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Remove a file's name.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Unlink(UnlinkRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Remove an empty directory.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void RmDir(RmDirRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Rename (RENAME and RENAME2).</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Rename(RenameRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Create a hard link.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Link(LinkRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Open a file. ENOSYS: never asked again, handle 0 for all.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Open(OpenRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Read from an open file.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Read(ReadRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Write to an open file.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Write(WriteRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Sizes of the file system.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void StatFs(StatFsRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>An open file is gone.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Release(ReleaseRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Put a file on stable storage.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void FSync(FSyncRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Set an extended attribute. ENOSYS: never asked again (EOPNOTSUPP to callers).</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void SetXAttr(SetXAttrRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Value of an extended attribute.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void GetXAttr(GetXAttrRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Names of the extended attributes.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void ListXAttr(ListXAttrRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Remove an extended attribute.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void RemoveXAttr(RemoveXAttrRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>A descriptor was closed. ENOSYS: never asked again.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Flush(FlushRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Open a directory. ENOSYS: never asked again.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void OpenDir(OpenDirRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>List an open directory.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void ReadDir(ReadDirRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>List with attributes; only asked with <see cref="FuseCapabilities.ReadDirPlus"/>.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void ReadDirPlus(ReadDirPlusRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>An open directory is closed.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void ReleaseDir(ReleaseDirRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Put a directory on stable storage.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void FSyncDir(FSyncDirRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Which lock conflicts; only asked with <see cref="FuseCapabilities.PosixLocks"/>.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void GetLk(GetLkRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Take or drop a lock (SETLK and SETLKW), with <see cref="FuseCapabilities.PosixLocks"/> or <see cref="FuseCapabilities.FlockLocks"/>.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void SetLk(SetLkRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>access(2), without default_permissions. ENOSYS: always allowed.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Access(AccessRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Create and open. ENOSYS: MKNOD and OPEN are used.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Create(CreateRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Allocate or deallocate space.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Fallocate(FallocateRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Find data or a hole. ENOSYS: the whole file is data.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void LSeek(LSeekRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Copy between open files. ENOSYS: the kernel copies by reads and writes.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void CopyFileRange(CopyFileRangeRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Create a file without a name.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void TmpFile(TmpFileRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Attributes beyond the basic ones. ENOSYS: GETATTR is used.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Statx(StatxRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>A restricted ioctl(2).</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Ioctl(IoctlRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Readiness. ENOSYS: always ready.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void Poll(PollRequest request) => request.Fail(Errno.ENOSYS);

    /// <summary>Device block of a file block.</summary>
    /// <param name="request">The request to answer.</param>
    public virtual void BMap(BMapRequest request) => request.Fail(Errno.ENOSYS);
}
