using static FsxFuse.Posix.Cases.Calls.AttributeCalls;
using static FsxFuse.Posix.Cases.Calls.PathCalls;

namespace FsxFuse.Model;

/// <summary>Operations on modes, owners, times and extended attributes.</summary>
internal static class AttributeOperations
{
    internal static Observation Execute(Operation o, Side side)
    {
        string path = side.At(o.Path);
        int fd = side.Descriptor(o.Handle);
        switch (o.Kind)
        {
            case OperationKind.ChangeMode:
                return Observation.Of(Chmod(path, o.Mode));
            case OperationKind.ChangeOwner:
                return Observation.Of(Lchown(path, o.Offset, o.Length));
            case OperationKind.SetTimes:
                return Observation.Of(Utimens(path, Time(o.Offset), Time(o.Length), AT_SYMLINK_NOFOLLOW));
            case OperationKind.SetAttribute:
                return Observation.Of(Lsetxattr(path, o.Name, AttributeValues.Make(o), o.Flags));
            case OperationKind.GetAttribute:
                byte[] value = new byte[o.Length];
                var read = Lgetxattr(path, o.Name, value);
                return Observation.Of(read) with { Data = o.Length > 0 && read.Succeeded ? value[..(int)read.Value] : null };
            case OperationKind.RemoveAttribute:
                return Observation.Of(Lremovexattr(path, o.Name));
            case OperationKind.Access:
                return Observation.Of(AccessOf(path, o.Flags, AT_EACCESS));
        }

        if (fd < 0)
            return Observation.Skipped;
        return o.Kind switch
        {
            OperationKind.ChangeModeOfHandle => Observation.Of(Fchmod(fd, o.Mode)),
            OperationKind.SetTimesOfHandle => Observation.Of(Futimens(fd, Time(o.Offset), Time(o.Length))),
            _ => Observation.Of(Fsetxattr(fd, o.Name, AttributeValues.Make(o), o.Flags)),
        };
    }

    // A script's times: -1 is UTIME_NOW, -2 UTIME_OMIT, anything else nanoseconds since 1900, so that there are times before 1970.
    private static Timestamp Time(long script)
    {
        const long From1900To1970 = 2_208_988_800;
        return script switch
        {
            -1 => Timestamp.Now,
            -2 => Timestamp.Omit,
            _ => new((script / 1_000_000_000) - From1900To1970, script % 1_000_000_000),
        };
    }
}
