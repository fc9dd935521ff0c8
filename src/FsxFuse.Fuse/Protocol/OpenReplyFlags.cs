namespace FsxFuse.Fuse;

/// <summary>Flags of the reply to OPEN, OPENDIR, CREATE and TMPFILE (FOPEN_*).</summary>
[Flags]
public enum OpenReplyFlags : uint
{
    /// <summary>Nothing: cached, and this open drops the pages cached before.</summary>
    None = 0,

    /// <summary>Bypass the page cache.</summary>
    DirectIO = 1 << 0,

    /// <summary>Keep the pages (or the listing) cached by earlier opens. Must not be combined with <see cref="Passthrough"/> (EIO).</summary>
    KeepCache = 1 << 1,

    /// <summary>The file cannot seek.</summary>
    NonSeekable = 1 << 2,

    /// <summary>The kernel may cache the listing of this directory.</summary>
    CacheDirectory = 1 << 3,

    /// <summary>The file has no position at all.</summary>
    Stream = 1 << 4,

    /// <summary>FLUSH is not sent on close(2).</summary>
    NoFlush = 1 << 5,

    /// <summary>Direct writes of one inode may be in flight together.</summary>
    ParallelDirectWrites = 1 << 6,

    /// <summary>Data goes straight to the backing file of the reply's backing id.</summary>
    Passthrough = 1 << 7,
}
