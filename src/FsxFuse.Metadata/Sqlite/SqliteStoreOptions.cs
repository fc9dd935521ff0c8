namespace FsxFuse.Metadata.Sqlite;

/// <summary>Where an embedded metadata store lives and how much it may use.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file. "-wal", "-shm" and ".lock" are appended for the files beside it.</summary>
    public required string Path { get; init; }

    /// <summary>Makes a new store when there is none; otherwise a missing file is <see cref="MetadataFailure.Missing"/>.</summary>
    public bool CreateIfMissing { get; init; }

    /// <summary>Owner of the root directory of a new store.</summary>
    public uint RootUid { get; init; }

    /// <summary>Group of the root directory of a new store.</summary>
    public uint RootGid { get; init; }

    /// <summary>st_mode of the root directory of a new store; type bits included.</summary>
    public uint RootMode { get; init; } = FileType.Directory | 0x1ED; // 0755

    /// <summary>The write-ahead log is kept near this size, bytes (at least 1 MiB): beyond it commits wait for one checkpoint.</summary>
    public long MaxWalBytes { get; init; } = 64L << 20;

    /// <summary>Commits are made durable at least this often even when nobody asks: what a power loss may cost.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Page cache of the writing connection, bytes.</summary>
    public long WriterCacheBytes { get; init; } = 64L << 20;

    /// <summary>Page cache of each reading connection, bytes.</summary>
    public long ReaderCacheBytes { get; init; } = 8L << 20;

    /// <summary>Reading connections kept open; more are opened for the moment when more threads read at once.</summary>
    public int Readers { get; init; } = Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>A file up to this size, bytes, is checked page by page when it is opened; a larger one by its header and first rows.</summary>
    public long CheckAtOpenBytes { get; init; } = 16L << 20;
}
