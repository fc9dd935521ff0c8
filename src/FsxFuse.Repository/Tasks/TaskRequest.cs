namespace FsxFuse.Repository.Tasks;

/// <summary>What a task is to do; stored as JSON.</summary>
public sealed record TaskRequest
{
    /// <summary>Most paths of a task (FSx).</summary>
    public const int MaxPaths = 100;

    /// <summary>Longest path in characters (FSx).</summary>
    public const int MaxPathLength = 4096;

    /// <summary><see cref="TaskType"/>.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// Paths in the file system, each with all below it (an import also takes <c>s3://bucket/prefix</c>); none: everything. At most 100
    /// of at most 4,096 characters.
    /// </summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>For a release: only files whose last access, change and attribute change are this many days ago or more (DurationSinceLastAccess).</summary>
    public long DaysSinceLastAccess { get; init; }

    /// <summary>Where the report goes; null: nowhere.</summary>
    public TaskReport? Report { get; init; }

    /// <summary>ClientRequestToken of the FSx API: the same token twice gives the same task.</summary>
    public string? ClientRequestToken { get; init; }
}
