namespace FsxFuse.Control.Documents;

/// <summary>One file that a task could not do.</summary>
public sealed record TaskFailureDocument
{
    /// <summary>The path, as the task's report gives it.</summary>
    public required string Path { get; init; }

    /// <summary><c>failed</c> or <c>succeeded with warning</c>.</summary>
    public required string Status { get; init; }

    /// <summary>FSx error code.</summary>
    public required string ErrorCode { get; init; }

    /// <summary>What happened.</summary>
    public string? Message { get; init; }
}
