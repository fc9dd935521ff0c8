namespace FsxFuse.Repository.Tasks;

/// <summary>How far a task has come; stored as JSON, every second while it runs. Times are ns since 1970.</summary>
public sealed record TaskProgress
{
    /// <summary>Files found so far.</summary>
    public long Total { get; init; }

    /// <summary>Files done.</summary>
    public long Succeeded { get; init; }

    /// <summary>Files that could not be done.</summary>
    public long Failed { get; init; }

    /// <summary>Bytes that will be moved, as far as known.</summary>
    public long BytesTotal { get; init; }

    /// <summary>Bytes moved (of a release: freed).</summary>
    public long BytesDone { get; init; }

    /// <summary>When it began; 0 = not yet.</summary>
    public long StartedNs { get; init; }

    /// <summary>When these numbers were written.</summary>
    public long UpdatedNs { get; init; }

    /// <summary>Why the task as a whole failed; null when it did not.</summary>
    public string? FailureMessage { get; init; }
}
