namespace FsxFuse.Metadata;

/// <summary>A link (data repository association): a directory whose children are the objects under a prefix.</summary>
public sealed record LinkRow
{
    /// <summary>Small number used inside; 1 and up, never reused.</summary>
    public required int Id { get; init; }

    /// <summary>Public id, "dra-" and 17 hex digits.</summary>
    public required string AssociationId { get; init; }

    /// <summary>The inode of the directory that is linked.</summary>
    public required long Directory { get; init; }

    /// <summary>The directory's path in the file system when it was linked, starting with '/'.</summary>
    public required string Path { get; init; }

    /// <summary>"s3://bucket/prefix/" or "file:///dir/", with the trailing slash.</summary>
    public required string Url { get; init; }

    /// <summary>Policies, defaults and connection options as JSON; the repository owns its meaning.</summary>
    public required string Options { get; init; }

    /// <summary>FSx lifecycle: CREATING, AVAILABLE, MISCONFIGURED, UPDATING, DELETING, FAILED.</summary>
    public required string Lifecycle { get; init; }

    /// <summary>Why it is MISCONFIGURED or FAILED.</summary>
    public string? FailureMessage { get; init; }

    /// <summary>Creation, ns since 1970.</summary>
    public long CreatedNs { get; init; }
}
