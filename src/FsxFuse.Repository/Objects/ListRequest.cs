namespace FsxFuse.Repository.Objects;

/// <summary>Which keys a listing returns.</summary>
public sealed record ListRequest
{
    /// <summary>Only keys that start with this; empty for all.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>When given (in practice <c>/</c>), keys that contain it after the prefix are folded into one common prefix each.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Only keys after this one, exclusive. Ignored when <see cref="ContinuationToken"/> is given.</summary>
    public string? StartAfter { get; init; }

    /// <summary><see cref="ListPage.NextToken"/> of the page before; opaque.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>Most keys and common prefixes in one page, 1 to 1,000. A page may be shorter and still have a successor; where a
    /// server cannot end one at a certain key, it is a few keys longer.</summary>
    public int MaxKeys { get; init; } = 1000;
}
