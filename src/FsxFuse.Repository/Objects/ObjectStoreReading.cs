namespace FsxFuse.Repository.Objects;

/// <summary>Reading exact ranges through torn connections.</summary>
public static class ObjectStoreReading
{
    // A connection that breaks this often without a single byte between two breaks is not going to get better within one request.
    private const int FruitlessAttempts = 4;

    /// <summary>
    /// Fills a buffer from an object. A stream that breaks off is taken up where it stopped, with the same ETag, so the bytes are
    /// always of one version.
    /// </summary>
    /// <param name="store">The repository.</param>
    /// <param name="key">The object.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="buffer">Filled to its end.</param>
    /// <param name="ifMatch">The version wanted. When null, the version of the first answer is held to.</param>
    /// <param name="versionId">A version in a versioned bucket.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ObjectStoreException">RangeNotSatisfiable when the object ends before the buffer is full; PreconditionFailed when it
    /// has another version; else as <see cref="IObjectStore.GetAsync"/>.</exception>
    public static async Task ReadRangeAsync(
        this IObjectStore store, string key, long offset, Memory<byte> buffer, string? ifMatch = null, string? versionId = null,
        CancellationToken cancellationToken = default)
    {
        int fruitless = 0;
        while (!buffer.IsEmpty)
        {
            int before = buffer.Length;
            try
            {
                await using ObjectBody body = await store.GetAsync(key, new ByteRange(offset, buffer.Length), ifMatch, versionId, cancellationToken)
                    .ConfigureAwait(false);
                ifMatch ??= body.Info.ETag;
                if (body.Length < buffer.Length)
                {
                    throw new ObjectStoreException(
                        ObjectStoreErrorKind.RangeNotSatisfiable,
                        $"'{key}' has {body.Info.Size} bytes; {buffer.Length} bytes from {offset} were asked for.");
                }
                while (!buffer.IsEmpty)
                {
                    int read = await body.Content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                    if (read == 0)
                        throw new ObjectStoreException(ObjectStoreErrorKind.Unavailable, $"The answer for '{key}' ended early at byte {offset}.");
                    buffer = buffer[read..];
                    offset += read;
                }
            }
            catch (ObjectStoreException e) when (e.IsTransient && e.Kind != ObjectStoreErrorKind.ChecksumMismatch)
            {
                fruitless = buffer.Length == before ? fruitless + 1 : 0;
                if (fruitless >= FruitlessAttempts)
                    throw;
            }
        }
    }
}
