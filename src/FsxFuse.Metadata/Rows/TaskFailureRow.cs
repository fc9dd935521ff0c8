namespace FsxFuse.Metadata;

/// <summary>One file a task could not do: a row of its report.</summary>
public sealed record TaskFailureRow
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init; }

    /// <summary>Order within the task.</summary>
    public required long Number { get; init; }

    /// <summary>Path as the report gives it.</summary>
    public required string Path { get; init; }

    /// <summary>"failed" or "succeeded with warning".</summary>
    public required string Status { get; init; }

    /// <summary>FSx error code, e.g. S3AccessDenied.</summary>
    public required string ErrorCode { get; init; }

    /// <summary>What happened, for people.</summary>
    public string? Message { get; init; }
}
