namespace FsxFuse.Posix.Cases.Running;

/// <summary>Removal of whatever a case left, however deep or oddly named: by descriptor, never by path.</summary>
internal static class DirectoryTree
{
    /// <summary>Removes <paramref name="name"/> with all it holds; what cannot be removed stays.</summary>
    internal static void Remove(string parent, string name)
    {
        var opened = Open(parent, O_RDONLY | O_DIRECTORY);
        if (!opened.Succeeded)
            return;
        Remove((int)opened.Value, name);
        Close((int)opened.Value);
    }

    private static void Remove(int parent, string name)
    {
        if (UnlinkAt(parent, name, 0).Succeeded)
            return;
        // A case may have closed the directory to its owner.
        if (TryStat(name, out var stat, AT_SYMLINK_NOFOLLOW, parent).Succeeded && stat.Type == S_IFDIR && stat.Mode % 1000 < 700)
            Libc.fchmodat(parent, Name.Bytes(name), Octal.FromDigits(700), 0);
        var opened = OpenAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (opened.Succeeded)
        {
            int fd = (int)opened.Value;
            // Reading goes on behind a removed entry's position; a few rounds are for file systems that lose it there.
            for (int round = 0; round < 3; round++)
            {
                Seek(fd, 0, SEEK_SET);
                var names = ReadAll(fd).Select(e => e.Name).Where(n => n is not ("." or "..")).ToList();
                if (names.Count == 0)
                    break;
                foreach (string entry in names)
                    Remove(fd, entry);
            }
            Close(fd);
        }
        UnlinkAt(parent, name, AT_REMOVEDIR);
    }
}
