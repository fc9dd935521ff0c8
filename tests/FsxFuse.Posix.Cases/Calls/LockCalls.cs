namespace FsxFuse.Posix.Cases.Calls;

/// <summary>Advisory locks: flock(2), and fcntl(2) of a process or of an open file description.</summary>
internal static unsafe class LockCalls
{
    internal static Outcome Flock(int fd, int operation) => Outcome.Of($"flock({fd}, {operation})", Libc.flock(fd, operation));

    /// <summary>F_SETLK, F_SETLKW, F_OFD_SETLK or F_OFD_SETLKW.</summary>
    internal static Outcome SetLock(int fd, int command, short type, long start = 0, long length = 0, short whence = 0)
    {
        var range = new FileLock { Type = type, Whence = whence, Start = start, Length = length };
        return Outcome.Of($"fcntl({fd}, {command}, {{{type}, {start}, {length}}})", Libc.fcntl(fd, command, &range));
    }

    /// <summary>F_GETLK or F_OFD_GETLK: what stands in the way of such a lock, F_UNLCK if nothing.</summary>
    internal static FileLock GetLock(int fd, int command, short type, long start = 0, long length = 0)
    {
        var range = new FileLock { Type = type, Start = start, Length = length };
        Outcome.Of($"fcntl({fd}, {command}, {{{type}, {start}, {length}}})", Libc.fcntl(fd, command, &range)).Ok();
        return range;
    }
}
