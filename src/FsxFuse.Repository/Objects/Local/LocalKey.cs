using System.Text;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>A key as a place beneath the root: the directory it is in, and its name there.</summary>
/// <param name="Parent">Relative path of the directory, empty for the root.</param>
/// <param name="Name">The name within it.</param>
/// <param name="IsMarker">Whether the key ends in a slash: it then means the directory itself.</param>
internal readonly record struct LocalKey(string Parent, string Name, bool IsMarker)
{
    /// <summary>The directory at the root that holds the store's own bookkeeping; it is never listed, and no key may begin with it.</summary>
    public const string Bookkeeping = ".fsxfuse";

    private const int MaxNameBytes = 255;

    /// <exception cref="ObjectStoreException">BadKey when no file can have this key.</exception>
    public static LocalKey Parse(string key)
    {
        ObjectKey.Validate(key);
        return TryParse(key) ?? throw new ObjectStoreException(
            ObjectStoreErrorKind.BadKey,
            $"A directory as repository cannot hold the key '{key}': a part of it is empty, '.', '..', longer than {MaxNameBytes} bytes, or reserved.");
    }

    /// <summary>Like <see cref="Parse"/>, null instead of an error: for reading, such a key is simply absent.</summary>
    public static LocalKey? TryParse(string key)
    {
        bool marker = key.EndsWith('/');
        string path = marker ? key[..^1] : key;
        if (!IsPath(path))
            return null;
        int slash = path.LastIndexOf('/');
        return new LocalKey(slash < 0 ? "" : path[..slash], path[(slash + 1)..], marker);
    }

    /// <summary>Whether a relative path consists of names that a directory can hold and stays beneath the root.</summary>
    public static bool IsPath(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            return false;
        bool first = true;
        foreach (Range part in path.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> name = path.AsSpan(part);
            if (name.IsEmpty || name is "." or ".." || (first && name is Bookkeeping) || Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
                return false;
            first = false;
        }
        return true;
    }
}
