using static FsxFuse.Posix.Cases.Calls.DirectoryCalls;
using static FsxFuse.Posix.Cases.Calls.PathCalls;

namespace FsxFuse.Model;

/// <summary>Reading directories.</summary>
internal static class DirectoryOperations
{
    // Room for two or three short entries, and just enough for the longest.
    private const int SmallRoom = 288;

    internal static Observation Execute(Operation o, Side side)
    {
        string path = side.At(o.Path);
        var opened = Open(path, O_RDONLY | O_DIRECTORY);
        if (!opened.Succeeded)
            return Observation.Of(opened);
        int fd = (int)opened.Value;
        try
        {
            return o.Kind == OperationKind.List ? Everything(path, fd) : WhileChanging(o, path, fd);
        }
        finally
        {
            FileCalls.Close(fd);
        }
    }

    private static Observation Everything(string path, int fd)
    {
        List<string> lines = [];
        foreach (var entry in ReadAll(fd))
        {
            if (entry.Name is "." or "..")
                continue;
            if (TryStat($"{path}/{entry.Name}", out var stat, AT_SYMLINK_NOFOLLOW).Succeeded)
            {
                if (entry.Inode != stat.Inode)
                    lines.Add($"{entry.Name} is inode {entry.Inode} in the directory and {stat.Inode} in stat");
                if (entry.Type != DT_UNKNOWN && entry.Type != stat.Type >> 12)
                    lines.Add($"{entry.Name} is of type {entry.Type} in the directory and {stat.Type >> 12} in stat");
            }

            lines.Add(Name.Shown(entry.Name));
        }

        return Listed(lines);
    }

    /// <summary>Names that come and go while a directory is read may be seen or not; every other name is seen once (readdir(3p)).</summary>
    private static Observation WhileChanging(Operation o, string path, int fd)
    {
        var first = Getdents(fd, out var entries, SmallRoom);
        if (!first.Succeeded)
            return Observation.Of(first);
        string made = $"{path}/{o.To}", removed = $"{path}/{o.Name}";
        string changes = $"{Observation.Of(Mknod(made, S_IFREG, 600)).Text} {Observation.Of(Unlink(removed)).Text}";
        while (Getdents(fd, out var more, SmallRoom).Ok() > 0)
            entries.AddRange(more);
        List<string> names = [.. entries.Select(entry => entry.Name).Where(name => name is not ("." or "..") && name != o.To && name != o.Name).Select(Name.Shown)];
        return Listed([changes, .. names]);
    }

    private static Observation Listed(List<string> lines)
    {
        lines.Sort(StringComparer.Ordinal);
        return new($"{lines.Count} {string.Join(' ', lines)}");
    }
}
