using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>The names of one directory that a listing must leave alone. Dispose to stop noting.</summary>
internal sealed class NameWindow(NameTracker tracker, long directory) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<FileName> _names = [];

    public long Directory { get; } = directory;

    public void Add(FileName name)
    {
        lock (_lock)
            _names.Add(name);
    }

    public bool Contains(FileName name)
    {
        lock (_lock)
            return _names.Contains(name);
    }

    public void Dispose() => tracker.Close(this);
}
