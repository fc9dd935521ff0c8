namespace FsxFuse.Control.Documents;

/// <summary>A link (data repository association) as the control API shows it.</summary>
public sealed record LinkDocument
{
    /// <summary>Public id, <c>dra-</c> and 17 hex digits.</summary>
    public required string AssociationId { get; init; }

    /// <summary>The linked directory, a path in the file system.</summary>
    public required string Path { get; init; }

    /// <summary>The repository: <c>s3://bucket/prefix/</c> or <c>file:///dir/</c>.</summary>
    public required string Url { get; init; }

    /// <summary>FSx lifecycle: CREATING, AVAILABLE, MISCONFIGURED, UPDATING, DELETING, FAILED.</summary>
    public required string Lifecycle { get; init; }

    /// <summary>Which changes in the repository are followed by themselves: of NEW, CHANGED and DELETED.</summary>
    public IReadOnlyList<string> ImportPolicy { get; init; } = [];

    /// <summary>Which changes here are exported by themselves.</summary>
    public IReadOnlyList<string> ExportPolicy { get; init; } = [];

    /// <summary>What happens when both sides changed: keep-both, fs-wins or s3-wins.</summary>
    public string? Conflict { get; init; }

    /// <summary>The task that imports its metadata, of a link just made that is CREATING.</summary>
    public string? ImportTask { get; init; }

    /// <summary>How far behind the repository it may be; null when it is not mounted.</summary>
    public ImportQueueDocument? Import { get; init; }

    /// <summary>Why it is MISCONFIGURED or FAILED.</summary>
    public string? FailureMessage { get; init; }
}
