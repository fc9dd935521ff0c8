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
        var opened = OpenAt(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (opened.Succeeded)
        {
            int fd = (int)opened.Value;
            // Twice: a directory that a user closed to himself opens once its mode is put right.
            Fchmod(fd, 700);
            for (bool found = true; found;)
            {
                found = false;
                Seek(fd, 0, SEEK_SET);
                foreach (var entry in ReadAll(fd).Where(e => e.Name is not ("." or "..")))
                {
                    Remove(fd, entry.Name);
                    found |= !TryStat(entry.Name, out _, AT_SYMLINK_NOFOLLOW, fd).Succeeded;
                }
            }
            Close(fd);
        }
        UnlinkAt(parent, name, AT_REMOVEDIR);
    }
}
