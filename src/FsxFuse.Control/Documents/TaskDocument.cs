namespace FsxFuse.Control.Documents;

/// <summary>A data repository task.</summary>
public sealed record TaskDocument
{
    /// <summary>Public id, <c>task-</c> and 17 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>FSx task type (IMPORT_METADATA_FROM_REPOSITORY …) or PRELOAD.</summary>
    public required string Type { get; init; }

    /// <summary>PENDING, EXECUTING, SUCCEEDED, FAILED, CANCELING or CANCELED.</summary>
    public required string Lifecycle { get; init; }

    /// <summary>What it works on; empty = everything.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Files found so far.</summary>
    public long TotalCount { get; init; }

    /// <summary>Files done.</summary>
    public long SucceededCount { get; init; }

    /// <summary>Files that failed.</summary>
    public long FailedCount { get; init; }

    /// <summary>Bytes that the task moved or set free.</summary>
    public long Bytes { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended; null while it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Where the report is or will be.</summary>
    public string? Report { get; init; }

    /// <summary>Why the task as a whole failed.</summary>
    public string? FailureMessage { get; init; }

    /// <summary>The first failures.</summary>
    public IReadOnlyList<TaskFailureDocument> Failures { get; init; } = [];

    /// <summary>Whether nothing will change any more.</summary>
    public bool HasEnded => Lifecycle is "SUCCEEDED" or "FAILED" or "CANCELED";
}
