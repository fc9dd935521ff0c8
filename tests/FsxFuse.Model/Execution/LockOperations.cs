using static FsxFuse.Posix.Cases.Calls.LockCalls;

namespace FsxFuse.Model;

/// <summary>Advisory locks, never waiting.</summary>
internal static class LockOperations
{
    internal static Observation Execute(Operation o, Side side)
    {
        int fd = side.Descriptor(o.Handle);
        if (fd < 0)
            return Observation.Skipped;
        return o.Kind switch
        {
            OperationKind.LockFile => Observation.Of(Flock(fd, o.Flags | LOCK_NB)),
            OperationKind.LockRange => Observation.Of(SetLock(fd, F_OFD_SETLK, (short)o.Flags, o.Offset, o.Length)),
            OperationKind.LockProcessRange => Observation.Of(SetLock(fd, F_SETLK, (short)o.Flags, o.Offset, o.Length)),
            _ => Test(o, side, fd),
        };
    }

    private static Observation Test(Operation o, Side side, int fd)
    {
        if (side.Is(o.Handle, O_PATH))
            return Observation.Skipped;
        var found = GetLock(fd, F_OFD_GETLK, (short)o.Flags, o.Offset, o.Length);
        return new(found.Type == F_UNLCK ? "0 free" : $"0 held {found.Type} {found.Start}+{found.Length}");
    }
}
