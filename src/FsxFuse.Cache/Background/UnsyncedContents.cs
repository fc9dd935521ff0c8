namespace FsxFuse.Cache;

/// <summary>Ids of contents into which bytes were loaded since the last flush of the tier. Thread-safe.</summary>
internal sealed class UnsyncedContents
{
    private readonly Lock _lock = new();
    private HashSet<long> _ids = [];

    internal void Add(long id)
    {
        lock (_lock)
            _ids.Add(id);
    }

    internal IReadOnlyCollection<long> Take()
    {
        lock (_lock)
        {
            HashSet<long> taken = _ids;
            _ids = [];
            return taken;
        }
    }
}
