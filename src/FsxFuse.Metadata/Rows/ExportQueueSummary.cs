namespace FsxFuse.Metadata;

/// <summary>The export queue in three numbers.</summary>
/// <param name="Count">Entries waiting.</param>
/// <param name="OldestQueuedNs">When the oldest was queued, ns since 1970; 0 when there is none.</param>
/// <param name="NextDueNs">When the next may be tried, ns since 1970; 0 when there is none.</param>
/// <param name="Failing">Entries whose last try failed.</param>
public readonly record struct ExportQueueSummary(long Count, long OldestQueuedNs, long NextDueNs, long Failing);
