namespace FsxFuse.Metadata;

/// <summary>
/// What one commit does: all of it or nothing. Not thread-safe; used by one caller, for one commit, and then left alone
/// (subscribers of the change feed read it).
/// </summary>
public sealed class Batch
{
    private readonly List<Guard> _guards = [];
    private readonly List<RowWrite> _writes = [];

    /// <summary>Makes a batch; <paramref name="origin"/> lets a subscriber of the change feed know its own commits.</summary>
    public Batch(object? origin = null) => Origin = origin;

    /// <summary>Who commits.</summary>
    public object? Origin { get; }

    /// <summary>The conditions.</summary>
    public IReadOnlyList<Guard> Guards => _guards;

    /// <summary>The changes, in order.</summary>
    public IReadOnlyList<RowWrite> Writes => _writes;

    /// <summary>True when there is nothing to do.</summary>
    public bool IsEmpty => _guards.Count == 0 && _writes.Count == 0;

    /// <summary>Adds a condition.</summary>
    public Batch Require(Guard guard)
    {
        _guards.Add(guard);
        return this;
    }

    /// <summary>Adds a change.</summary>
    public Batch Add(RowWrite write)
    {
        _writes.Add(write);
        return this;
    }

    /// <summary>Replaces an inode read earlier: guards its version and writes the new row with the next one. Returns the row as stored.</summary>
    public InodeRow Update(InodeRow read, InodeRow changed)
    {
        InodeRow stored = changed with { Version = read.Version + 1 };
        _guards.Add(new Guard.InodeVersion(read.Id, read.Version));
        _writes.Add(new RowWrite.PutInode(stored));
        return stored;
    }

    /// <summary>Replaces a directory row read earlier. Returns the row as stored.</summary>
    public DirectoryRow Update(DirectoryRow read, DirectoryRow changed)
    {
        DirectoryRow stored = changed with { Version = read.Version + 1 };
        _guards.Add(new Guard.DirectoryVersion(read.Id, read.Version));
        _writes.Add(new RowWrite.PutDirectory(stored));
        return stored;
    }

    /// <summary>Replaces a content row read earlier. Returns the row as stored.</summary>
    public ContentRow Update(ContentRow read, ContentRow changed)
    {
        ContentRow stored = changed with { Version = read.Version + 1 };
        _guards.Add(new Guard.ContentVersion(read.Id, read.Version));
        _writes.Add(new RowWrite.PutContent(stored));
        return stored;
    }
}
