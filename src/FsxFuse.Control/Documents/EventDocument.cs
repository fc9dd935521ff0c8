namespace FsxFuse.Control.Documents;

/// <summary>Something an operator should know.</summary>
public sealed record EventDocument
{
    /// <summary>When it happened.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>FSx event code.</summary>
    public required string Code { get; init; }

    /// <summary>Key or path it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>What happened and what to do.</summary>
    public required string Message { get; init; }
}
