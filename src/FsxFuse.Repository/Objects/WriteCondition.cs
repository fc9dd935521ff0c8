namespace FsxFuse.Repository.Objects;

/// <summary>What must hold of the object under a key for a write to it to be done.</summary>
/// <remarks>Servers differ in which conditions they honour on which operation: <see cref="StoreCapabilities"/>.</remarks>
public readonly record struct WriteCondition
{
    private WriteCondition(string? etag, bool absent)
    {
        IfMatch = etag;
        IfAbsent = absent;
    }

    /// <summary>Nothing: the write replaces whatever is there.</summary>
    public static WriteCondition None => default;

    /// <summary>No object may exist (<c>If-None-Match: *</c>).</summary>
    public static WriteCondition Absent => new(null, true);

    /// <summary>The object must exist with this ETag (<c>If-Match</c>).</summary>
    public static WriteCondition Matches(string etag)
    {
        ArgumentException.ThrowIfNullOrEmpty(etag);
        return new(etag, false);
    }

    /// <summary>The ETag that must match, or null.</summary>
    public string? IfMatch { get; }

    /// <summary>Whether no object may exist.</summary>
    public bool IfAbsent { get; }

    /// <summary>Whether nothing is asked.</summary>
    public bool IsNone => IfMatch is null && !IfAbsent;
}
