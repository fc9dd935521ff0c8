namespace FsxFuse.Control.Documents;

/// <summary>How far the export of local changes has come.</summary>
public sealed record ExportQueueDocument
{
    /// <summary>Changes that are not in the repository yet.</summary>
    public long Queued { get; init; }

    /// <summary>Changes whose last try failed; they are tried again.</summary>
    public long Failing { get; init; }

    /// <summary>Age of the oldest change, seconds; 0 when none waits.</summary>
    public double OldestAgeSeconds { get; init; }

    /// <summary>Whether changes are exported without being asked for.</summary>
    public bool Automatic { get; init; }
}
