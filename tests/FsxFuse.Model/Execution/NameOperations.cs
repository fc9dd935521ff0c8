using static FsxFuse.Posix.Cases.Calls.PathCalls;

namespace FsxFuse.Model;

/// <summary>Operations on names.</summary>
internal static class NameOperations
{
    internal static Observation Execute(Operation o, Side side)
    {
        string path = side.At(o.Path);
        switch (o.Kind)
        {
            case OperationKind.MakeDirectory:
                return Observation.Of(Mkdir(path, o.Mode));
            case OperationKind.RemoveDirectory:
                return Observation.Of(Rmdir(path));
            case OperationKind.MakeNode:
                // The null device is the only one that may be opened anywhere.
                return Observation.Of(Mknod(path, o.Flags, o.Mode, o.Flags == S_IFCHR ? 1 : 0, o.Flags == S_IFCHR ? 3 : 0));
            case OperationKind.Symlink:
                return Observation.Of(PathCalls.Symlink(o.To, path));
            case OperationKind.ReadLink:
                var read = Readlink(path, out string target);
                return Observation.Of(read) with { Data = Utf8(target) };
            case OperationKind.Link:
                return Observation.Of(PathCalls.Link(path, side.At(o.To)));
            case OperationKind.LinkHandle:
                return side.IsOpen(o.Handle)
                    ? Observation.Of(LinkAt(AT_FDCWD, $"/proc/self/fd/{side.Descriptor(o.Handle)}", AT_FDCWD, side.At(o.To), AT_SYMLINK_FOLLOW))
                    : Observation.Skipped;
            case OperationKind.Unlink:
                return Observation.Of(PathCalls.Unlink(path));
            default:
                return Observation.Of(Rename2(path, side.At(o.To), o.Flags));
        }
    }

    private static byte[] Utf8(string text) => FileCalls.Utf8(text);
}
