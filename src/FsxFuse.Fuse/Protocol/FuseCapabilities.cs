namespace FsxFuse.Fuse;

/// <summary>Capability bits of FUSE_INIT (fuse_init_in.flags and flags2). The kernel offers, the file system enables; a bit that was not offered is never enabled.</summary>
[Flags]
public enum FuseCapabilities : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reads of one file may be in flight together.</summary>
    AsyncRead = 1UL << 0,

    /// <summary>fcntl locks are sent to the file system; without it they stay local to this host's kernel.</summary>
    PosixLocks = 1UL << 1,

    /// <summary>FUSE_ATOMIC_O_TRUNC: O_TRUNC comes with OPEN, which must then truncate. Without it the kernel sends SETATTR.</summary>
    AtomicTruncate = 1UL << 3,

    /// <summary>LOOKUP of "." and ".." by node id (for NFS export) is answered.</summary>
    ExportSupport = 1UL << 4,

    /// <summary>Writes may exceed 4 KiB.</summary>
    BigWrites = 1UL << 5,

    /// <summary>The file system applies the umask itself (needed for default ACLs).</summary>
    DontMask = 1UL << 6,

    /// <summary>Informational: the device can be spliced to.</summary>
    SpliceWrite = 1UL << 7,

    /// <summary>Informational: spliced pages may be moved.</summary>
    SpliceMove = 1UL << 8,

    /// <summary>Informational: the device can be spliced from.</summary>
    SpliceRead = 1UL << 9,

    /// <summary>flock(2) locks are sent to the file system.</summary>
    FlockLocks = 1UL << 10,

    /// <summary>ioctl(2) on directories is sent.</summary>
    IoctlDirectory = 1UL << 11,

    /// <summary>Cached pages are dropped when refreshed attributes differ in mtime or size. Wins over <see cref="ExplicitInvalidateData"/>.</summary>
    AutoInvalidateData = 1UL << 12,

    /// <summary>FUSE_DO_READDIRPLUS: listings may come with attributes; ReadDirPlus must then be implemented.</summary>
    ReadDirPlus = 1UL << 13,

    /// <summary>READDIRPLUS for the first chunk, then only while entries are being looked up.</summary>
    ReadDirPlusAuto = 1UL << 14,

    /// <summary>Direct I/O may be in flight in parallel.</summary>
    AsyncDirectIO = 1UL << 15,

    /// <summary>The kernel writes back later and ignores the file system's size and times. Excludes <see cref="Passthrough"/>.</summary>
    WritebackCache = 1UL << 16,

    /// <summary>Informational: OPEN may be answered ENOSYS, after which it is never sent again.</summary>
    NoOpenSupport = 1UL << 17,

    /// <summary>Lookups and listings of one directory may be in flight together.</summary>
    ParallelDirectoryOperations = 1UL << 18,

    /// <summary>The file system clears suid, sgid and capabilities on write, chown and truncate.</summary>
    HandleKillPriv = 1UL << 19,

    /// <summary>The kernel checks POSIX ACLs kept in system.posix_acl_*; implies default_permissions.</summary>
    PosixAcl = 1UL << 20,

    /// <summary>Reading the device after an abort gives ECONNABORTED, so that it differs from an unmount (ENODEV).</summary>
    AbortError = 1UL << 21,

    /// <summary>Requests may be larger than 32 pages, up to fuse_init_out.max_pages.</summary>
    MaxPages = 1UL << 22,

    /// <summary>The kernel caches symlink targets.</summary>
    CacheSymlinks = 1UL << 23,

    /// <summary>Informational: OPENDIR may be answered ENOSYS, which implies KEEP_CACHE and CACHE_DIR for every directory.</summary>
    NoOpenDirSupport = 1UL << 24,

    /// <summary>Cached pages are dropped only by notification.</summary>
    ExplicitInvalidateData = 1UL << 25,

    /// <summary>virtiofs DAX only.</summary>
    MapAlignment = 1UL << 26,

    /// <summary>virtiofs only.</summary>
    SubMounts = 1UL << 27,

    /// <summary>As <see cref="HandleKillPriv"/>, but only when the kernel says so by a flag; spares a GETXATTR for every write.</summary>
    HandleKillPrivV2 = 1UL << 28,

    /// <summary>SETXATTR carries its 16-byte argument (8 bytes without it).</summary>
    SetXAttrExt = 1UL << 29,

    /// <summary>Bits 32 and up are exchanged.</summary>
    InitExt = 1UL << 30,

    /// <summary>Creates carry a security context extension.</summary>
    SecurityContext = 1UL << 32,

    /// <summary>virtiofs only.</summary>
    InodeDax = 1UL << 33,

    /// <summary>Creates carry the caller's supplementary group that equals the parent's.</summary>
    CreateSupplementaryGroup = 1UL << 34,

    /// <summary>Informational: an entry notification may expire instead of drop.</summary>
    ExpireOnly = 1UL << 35,

    /// <summary>Shared mmap is allowed on a file that was opened with DIRECT_IO.</summary>
    DirectIOAllowMmap = 1UL << 36,

    /// <summary>Opens may be bound to a backing file, whose data the kernel then reads and writes itself.</summary>
    Passthrough = 1UL << 37,

    /// <summary>NFS export by node id is refused: node ids do not persist.</summary>
    NoExportSupport = 1UL << 38,

    /// <summary>Informational: requests can be asked for again after a restart of the daemon.</summary>
    Resend = 1UL << 39,

    /// <summary>Idmapped mounts are allowed; needs default_permissions.</summary>
    AllowIdmap = 1UL << 40,

    /// <summary>Requests may travel by io_uring. This library never enables it.</summary>
    OverIoUring = 1UL << 41,

    /// <summary>A request that takes longer than a limit aborts the connection. This library never enables it.</summary>
    RequestTimeout = 1UL << 42,

    /// <summary>What suits any file system and asks nothing of its handlers.</summary>
    Default = AsyncRead | BigWrites | IoctlDirectory | AutoInvalidateData | AsyncDirectIO | ParallelDirectoryOperations | AbortError | MaxPages | SetXAttrExt | InitExt | ExpireOnly | Resend,
}
