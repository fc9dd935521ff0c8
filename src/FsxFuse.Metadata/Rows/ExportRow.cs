namespace FsxFuse.Metadata;

/// <summary>
/// One entry of the export queue: something whose object may no longer be what the namespace says. It holds no action: the worker
/// derives what the key should be from the namespace as it is then, so that coalescing, hard links and order come out right.
/// Exactly one entry exists for each (kind, link, subject, key); queueing it again raises <see cref="Version"/>.
/// </summary>
public sealed record ExportRow
{
    /// <summary>Order of (first) queueing; set by the store.</summary>
    public long Id { get; init; }

    /// <summary>What the entry is about.</summary>
    public required ExportKind Kind { get; init; }

    /// <summary>The link of <see cref="Key"/>; 0 for <see cref="ExportKind.Inode"/>.</summary>
    public int LinkId { get; init; }

    /// <summary>The inode (Inode) or directory (Move); 0 for Key.</summary>
    public long Subject { get; init; }

    /// <summary>The key (Key), or the key prefix the directory's objects are still under (Move); empty for Inode.</summary>
    public string Key { get; init; } = "";

    /// <summary>Raised by each queueing: the worker removes the entry only if it is still what it saw.</summary>
    public long Version { get; init; }

    /// <summary>When it was first queued, ns since 1970: its age is what users watch.</summary>
    public long QueuedNs { get; init; }

    /// <summary>Not to be tried before this time, ns since 1970.</summary>
    public long NotBeforeNs { get; init; }

    /// <summary>Failed tries so far.</summary>
    public int Attempts { get; init; }

    /// <summary>Why the last try failed.</summary>
    public string? LastError { get; init; }
}
