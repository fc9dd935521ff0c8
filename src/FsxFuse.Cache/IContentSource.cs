namespace FsxFuse.Cache;

/// <summary>Where missing bytes come from. Implemented by the repository; used by many loads at once.</summary>
public interface IContentSource
{
    /// <summary>
    /// Fills <paramref name="destination"/> with the bytes [<paramref name="offset"/>, offset + destination.Length) of exactly the version
    /// that <paramref name="origin"/> names (If-Match with its ETag): bytes of another version are never mixed in. One call is one
    /// request to the repository (besides retries).
    /// </summary>
    /// <exception cref="ContentSourceException">The bytes cannot be had: ESTALE when the object changed or vanished, EACCES, EIO, ETIMEDOUT and the like.</exception>
    ValueTask ReadAsync(ContentOrigin origin, long offset, Memory<byte> destination, CancellationToken cancel);

    /// <summary>Whether bytes can be had from a link now and later. What came from one that is being removed is not released: it could not be loaded again.</summary>
    bool IsLasting(int linkId) => true;
}
