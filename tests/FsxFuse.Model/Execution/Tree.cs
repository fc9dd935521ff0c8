using System.Text;
using static FsxFuse.Posix.Cases.Calls.AttributeCalls;
using static FsxFuse.Posix.Cases.Calls.PathCalls;

namespace FsxFuse.Model;

/// <summary>Everything below a directory as lines of text, sorted by path; run as root, whom no mode keeps out.</summary>
internal sealed class Tree
{
    private readonly Dictionary<ulong, string> _firstNames = [];

    private Tree(string root) => Walk(root, "");

    /// <summary>Path to description.</summary>
    internal SortedDictionary<string, string> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Path to a regular file's bytes.</summary>
    internal Dictionary<string, byte[]> Contents { get; } = [];

    /// <summary>Path to what an unmount must leave exactly as it was: inode number and times.</summary>
    internal SortedDictionary<string, string> Identities { get; } = new(StringComparer.Ordinal);

    internal static Tree Read(string root) => new(root);

    /// <summary>How the other tree differs from this one; null if it does not.</summary>
    internal string? Compare(Tree actual)
    {
        foreach (string path in Entries.Keys.Union(actual.Entries.Keys))
        {
            string expected = Entries.GetValueOrDefault(path, "absent"), found = actual.Entries.GetValueOrDefault(path, "absent");
            if (expected != found)
                return $"{path}: {found}\nexpected {expected}";
            if (Contents.TryGetValue(path, out byte[]? bytes) && Observation.CompareBytes(bytes, actual.Contents[path]) is { } why)
                return $"{path}: {why}";
        }

        return null;
    }

    /// <summary>Which inode changed its number or times; null if none did.</summary>
    internal string? CompareIdentities(Tree later)
    {
        foreach ((string path, string identity) in Identities)
        {
            string found = later.Identities.GetValueOrDefault(path, "absent");
            if (identity != found)
                return $"{path}: was {identity}\nis {found}";
        }

        return null;
    }

    private void Walk(string root, string path)
    {
        string full = path.Length == 0 ? root : $"{root}/{path}";
        var attributes = new Attributes(Lstat(full));
        StringBuilder text = new(attributes.Describe());
        string shown = path.Length == 0 ? "." : path;
        Identities[shown] = $"inode {attributes.Stat.Inode} mtime={attributes.Stat.Modify} ctime={attributes.Stat.Change}";
        if (!attributes.IsDirectory && !_firstNames.TryAdd(attributes.Stat.Inode, shown))
            text.Append($" is {_firstNames[attributes.Stat.Inode]}");
        if (attributes.Stat.Type == S_IFLNK)
        {
            var read = Readlink(full, out string target);
            text.Append($" -> {(read.Succeeded ? target : read.Errno)}");
        }
        else
        {
            foreach (string name in AttributeNames(full).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                text.Append($" {name}={Convert.ToHexString(Attribute(full, name))}");
        }

        if (attributes.IsRegular)
            Contents[shown] = FileCalls.Content(full);
        Entries[shown] = text.ToString();
        if (!attributes.IsDirectory)
            return;

        // Sorted, so that the first name of a hard link is the same on both sides.
        foreach (var entry in DirectoryCalls.Entries(full).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.Name is not ("." or ".."))
                Walk(root, path.Length == 0 ? entry.Name : $"{path}/{entry.Name}");
        }
    }
}
