using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>What a listing of a whole subtree must leave alone: keys that lost their name since, and names that went. Dispose to stop noting.</summary>
internal sealed class KeyWindow(NameTracker tracker, int linkId, string prefix) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<(long, FileName)> _names = [];

    public int LinkId { get; } = linkId;

    public string Prefix { get; } = prefix;

    public void AddKey(string key)
    {
        lock (_lock)
            _keys.Add(key);
    }

    public void AddName(long directory, FileName name)
    {
        lock (_lock)
            _names.Add((directory, name));
    }

    /// <summary>Whether this key waits for its deletion, or did since the window was opened.</summary>
    public bool HasKey(string key)
    {
        lock (_lock)
            return _keys.Contains(key);
    }

    /// <summary>Whether any key with this prefix waits for its deletion, or did since.</summary>
    public bool HasKeyUnder(string prefix)
    {
        lock (_lock)
            return _keys.GetViewBetween(prefix, prefix + '\uffff').Min is not null;
    }

    /// <summary>Whether the name was removed since.</summary>
    public bool HasName(long directory, FileName name)
    {
        lock (_lock)
            return _names.Contains((directory, name));
    }

    public void Dispose() => tracker.Close(this);
}
