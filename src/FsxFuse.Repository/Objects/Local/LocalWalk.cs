using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>
/// Enumerates keys in S3's order, holding the names of one chain of directories at a time. A directory sorts as its name with a slash,
/// which is where its keys are.
/// </summary>
internal sealed class LocalWalk(LocalTree tree)
{
    /// <summary>One step of a listing: an object, or (with a delimiter) a folded directory.</summary>
    public readonly record struct Item(string Key, LocalObject? Object);

    /// <summary>Yields everything with the prefix and after <paramref name="after"/>, exclusive.</summary>
    public IEnumerable<Item> Run(string prefix, bool fold, string? after)
    {
        int slash = prefix.LastIndexOf('/');
        string start = slash < 0 ? "" : prefix[..slash];
        if (slash == 0 || (start.Length > 0 && !LocalKey.IsPath(start)))
            return [];
        return WalkStart(start, prefix, fold, after);
    }

    private IEnumerable<Item> WalkStart(string start, string prefix, bool fold, string? after)
    {
        if (start.Length > 0 && prefix.Length == start.Length + 1 && After(prefix, after) && Marker(start) is { } marker)
            yield return new Item(prefix, marker);
        foreach (Item item in Walk(start, prefix, fold, after))
            yield return item;
    }

    private IEnumerable<Item> Walk(string relative, string prefix, bool fold, string? after)
    {
        string above = relative.Length == 0 ? "" : relative + "/";
        foreach ((string key, bool isDirectory) in Keys(relative, above, prefix, after))
        {
            if (!isDirectory)
            {
                if (Look(relative, key[above.Length..], key) is { } found)
                    yield return new Item(key, found);
                continue;
            }
            string child = key[..^1];
            if (fold)
            {
                if (After(key, after) && HoldsAny(child))
                    yield return new Item(key, null);
                continue;
            }
            if (After(key, after) && Marker(child) is { } marker)
                yield return new Item(key, marker);
            foreach (Item item in Walk(child, prefix, fold, after))
                yield return item;
        }
    }

    /// <summary>The sorted keys of one directory that can matter: files as they are, directories with a slash.</summary>
    private List<(string Key, bool IsDirectory)> Keys(string relative, string above, string prefix, string? after)
    {
        var keys = new List<(string Key, bool IsDirectory)>();
        using SafeFileHandle? directory = tree.TryOpen(relative);
        if (directory is null)
            return keys;
        foreach (DirectoryName entry in NativeFile.ReadNames(directory))
        {
            if (relative.Length == 0 && entry.Name == LocalKey.Bookkeeping)
                continue;
            byte type = entry.Type == DirectoryName.Unknown ? TypeOf(directory, entry.Name) : entry.Type;
            bool isDirectory = type == DirectoryName.Directory;
            if (!isDirectory && type != DirectoryName.Regular && type != DirectoryName.Symlink)
                continue;
            string key = isDirectory ? $"{above}{entry.Name}/" : above + entry.Name;
            if (!key.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            // A whole subtree lies before the mark, unless the mark lies inside of it.
            if (after is not null && !After(key, after) && !(isDirectory && after.StartsWith(key, StringComparison.Ordinal)))
                continue;
            keys.Add((key, isDirectory));
        }
        keys.Sort(static (a, b) => ObjectKey.Compare(a.Key, b.Key));
        return keys;
    }

    private LocalObject? Look(string relative, string name, string key)
    {
        if (ObjectKey.ByteLength(key) > ObjectKey.MaxBytes)
            return null;
        using SafeFileHandle? directory = tree.TryOpen(relative);
        return directory is null ? null : LocalObject.Find(tree.Records, directory, name, key);
    }

    private LocalObject? Marker(string relative)
    {
        int slash = relative.LastIndexOf('/');
        return Look(slash < 0 ? "" : relative[..slash], relative[(slash + 1)..], relative + "/");
    }

    private bool HoldsAny(string relative)
    {
        if (Marker(relative) is not null)
            return true;
        foreach (Item _ in Walk(relative, "", fold: false, after: null))
            return true;
        return false;
    }

    private static bool After(string key, string? mark) => mark is null || ObjectKey.Compare(key, mark) > 0;

    private static byte TypeOf(SafeFileHandle directory, string name) => NativeFile.Status(LocalTree.PathIn(directory, name)) switch
    {
        { IsDirectory: true } => DirectoryName.Directory,
        { IsRegular: true } => DirectoryName.Regular,
        { IsSymlink: true } => DirectoryName.Symlink,
        _ => DirectoryName.Unknown,
    };
}
