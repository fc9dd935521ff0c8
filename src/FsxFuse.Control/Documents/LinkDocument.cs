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

    /// <summary>Why it is MISCONFIGURED or FAILED.</summary>
    public string? FailureMessage { get; init; }
}
