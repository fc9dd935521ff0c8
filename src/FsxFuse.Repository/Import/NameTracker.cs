using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Sees which names others change while a listing is under way: a page was made by the server before such a change, so it says nothing
/// about that name any more. (A queued deletion is found in the store, but it may be queued, exported and forgotten between two pages.)
/// </summary>
internal sealed class NameTracker
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<NameWindow>> _byDirectory = [];
    private readonly List<KeyWindow> _keyWindows = [];
    private volatile int _open;

    /// <summary>Starts to note the changed names of one directory.</summary>
    public NameWindow Open(long directory)
    {
        NameWindow window = new(this, directory);
        lock (_lock)
        {
            if (!_byDirectory.TryGetValue(directory, out List<NameWindow>? windows))
                _byDirectory.Add(directory, windows = []);
            windows.Add(window);
            _open++;
        }
        return window;
    }

    /// <summary>Starts to note the keys under a prefix that lose their name, and names that go anywhere.</summary>
    public KeyWindow OpenKeys(int linkId, string prefix)
    {
        KeyWindow window = new(this, linkId, prefix);
        lock (_lock)
        {
            _keyWindows.Add(window);
            _open++;
        }
        return window;
    }

    /// <summary>Called for every commit, from the committing thread.</summary>
    public void Note(Batch batch, object self)
    {
        if (_open == 0)
            return;
        bool own = ReferenceEquals(batch.Origin, self);
        foreach (RowWrite write in batch.Writes)
        {
            switch (write)
            {
                case RowWrite.PutDentry put when !own:
                    NoteName(put.Row.Parent, put.Row.Name, deleted: false);
                    break;
                case RowWrite.DeleteDentry delete:
                    NoteName(delete.Parent, delete.Name, deleted: true);
                    break;
                case RowWrite.QueueExport { Row.Kind: ExportKind.Key } queued:
                    NoteKey(queued.Row);
                    break;
            }
        }
    }

    internal void Close(NameWindow window)
    {
        lock (_lock)
        {
            if (_byDirectory.TryGetValue(window.Directory, out List<NameWindow>? windows) && windows.Remove(window))
            {
                _open--;
                if (windows.Count == 0)
                    _byDirectory.Remove(window.Directory);
            }
        }
    }

    internal void Close(KeyWindow window)
    {
        lock (_lock)
        {
            if (_keyWindows.Remove(window))
                _open--;
        }
    }

    private void NoteName(long directory, FileName name, bool deleted)
    {
        lock (_lock)
        {
            if (_byDirectory.TryGetValue(directory, out List<NameWindow>? windows))
            {
                foreach (NameWindow window in windows)
                    window.Add(name);
            }
            if (deleted)
            {
                foreach (KeyWindow window in _keyWindows)
                    window.AddName(directory, name);
            }
        }
    }

    private void NoteKey(ExportRow row)
    {
        lock (_lock)
        {
            foreach (KeyWindow window in _keyWindows)
            {
                if (window.LinkId == row.LinkId && row.Key.StartsWith(window.Prefix, StringComparison.Ordinal))
                    window.AddKey(row.Key);
            }
        }
    }
}
