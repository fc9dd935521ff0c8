namespace FsxFuse.Metadata;

/// <summary>A data-repository task. The repository owns the meaning of the texts (FSx's words).</summary>
public sealed record TaskRow
{
    /// <summary>Public id, "task-" and 17 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>FSx task type, or PRELOAD.</summary>
    public required string Type { get; init; }

    /// <summary>PENDING, EXECUTING, SUCCEEDED, FAILED, CANCELING, CANCELED.</summary>
    public required string Lifecycle { get; init; }

    /// <summary>Paths and options, as JSON.</summary>
    public required string Request { get; init; }

    /// <summary>Counters and position, as JSON, refreshed while it runs.</summary>
    public required string Progress { get; init; }

    /// <summary>Creation, ns since 1970.</summary>
    public long CreatedNs { get; init; }

    /// <summary>End, ns since 1970; 0 while it has not ended.</summary>
    public long EndedNs { get; init; }
}
