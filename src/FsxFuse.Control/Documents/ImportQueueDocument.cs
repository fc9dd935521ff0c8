namespace FsxFuse.Control.Documents;

/// <summary>How far behind the repositories what is seen here may be.</summary>
public sealed record ImportQueueDocument
{
    /// <summary>Whether changes are followed by themselves.</summary>
    public bool Automatic { get; init; }

    /// <summary>Keys that are known to have changed and wait to be looked at.</summary>
    public int Queued { get; init; }

    /// <summary>For how long the oldest of them has waited, seconds (FSx: AgeOfOldestQueuedMessage).</summary>
    public double OldestAgeSeconds { get; init; }

    /// <summary>Whether a comparison with the repository is under way.</summary>
    public bool Reconciling { get; init; }

    /// <summary>When the last complete comparison began: what changed before shows. Null: none since the mount.</summary>
    public DateTimeOffset? ReconciledAt { get; init; }

    /// <summary>When the next is due; null when none is.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Why the last comparison broke off; null when it did not.</summary>
    public string? LastError { get; init; }
}
