namespace FsxFuse.Repository.Import;

/// <summary>
/// What the queued deletions under a prefix hide: the object of a queued key, and a directory when anything below it waits (what its
/// last objects are was known when it was removed; until they are gone they do not make it appear again).
/// </summary>
internal sealed class Tombstones
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prefixes = new(StringComparer.Ordinal);

    public Tombstones(string prefix, IReadOnlyList<string> queued)
    {
        foreach (string key in queued)
        {
            int slash = key.IndexOf('/', prefix.Length);
            if (slash < 0)
                _keys.Add(key);
            else
                _prefixes.Add(key[..(slash + 1)]);
        }
    }

    public bool Hides(ListedName name) => name.IsDirectory ? _prefixes.Contains(name.Key) : _keys.Contains(name.Key);
}
