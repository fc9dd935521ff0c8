namespace FsxFuse.Metadata.Sqlite;

/// <summary>What an embedded store did since it was opened.</summary>
/// <param name="Commits">Batches committed.</param>
/// <param name="FailedGuards">Batches refused by a guard.</param>
/// <param name="Flushes">fsyncs of the write-ahead log for <see cref="IMetadataStore.SyncAsync"/> and the flush interval.</param>
/// <param name="Checkpoints">Checkpoints run.</param>
/// <param name="CommitStalls">Checkpoints that commits had to wait for because the log had grown to its limit.</param>
/// <param name="WalBytes">Present size of the write-ahead log file, bytes.</param>
public readonly record struct SqliteStoreStatistics(
    long Commits, long FailedGuards, long Flushes, long Checkpoints, long CommitStalls, long WalBytes);
