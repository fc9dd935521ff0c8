namespace FsxFuse.Metadata;

/// <summary>Something an operator should know (conflict, key that cannot be a name, failed export), kept for `status` and logs.</summary>
public sealed record EventRow
{
    /// <summary>Order; set by the store.</summary>
    public long Id { get; init; }

    /// <summary>When, ns since 1970.</summary>
    public required long TimeNs { get; init; }

    /// <summary>FSx event code, e.g. S3ImportObjectPathNotPosixCompliant.</summary>
    public required string Code { get; init; }

    /// <summary>The link; 0 = none.</summary>
    public int LinkId { get; init; }

    /// <summary>Key or path it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>What happened and what to do.</summary>
    public required string Message { get; init; }
}
