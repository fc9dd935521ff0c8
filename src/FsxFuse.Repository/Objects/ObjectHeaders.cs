namespace FsxFuse.Repository.Objects;

/// <summary>The HTTP headers that S3 keeps with an object, and that a rewrite of its bytes must carry over.</summary>
public sealed record ObjectHeaders
{
    /// <summary>Nothing set.</summary>
    public static ObjectHeaders None { get; } = new();

    /// <summary>Content-Type; null for the server's default (<c>binary/octet-stream</c>).</summary>
    public string? ContentType { get; init; }

    /// <summary>Content-Encoding.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>Content-Language.</summary>
    public string? ContentLanguage { get; init; }

    /// <summary>Content-Disposition.</summary>
    public string? ContentDisposition { get; init; }

    /// <summary>Cache-Control.</summary>
    public string? CacheControl { get; init; }

    /// <summary>Expires, word for word: it need not be a valid date.</summary>
    public string? Expires { get; init; }
}
