namespace FsxFuse.Repository.Objects.S3;

/// <summary>
/// Whether a server wants ETags in If-Match with or without quotes. RFC 9110 says with; Amazon S3 takes both; Ceph RGW 16 takes a PUT's
/// only without and answers 412 to the other, as if the object had changed. So the plain form comes first, and a 412 about an
/// object that has the very ETag named makes the store try the quoted form, and keep to whichever was accepted.
/// </summary>
internal sealed class ETagStyles
{
    // Reads and writes are apart because servers differ in them: 0 unknown, 1 plain, 2 quoted.
    private readonly int[] _learned = new int[2];

    public static string Plain(string? etag)
    {
        if (string.IsNullOrEmpty(etag))
            return "";
        if (etag.StartsWith("W/", StringComparison.Ordinal))
            etag = etag[2..];
        return OpaqueETagHandler.Unmark(etag.Trim('"'));
    }

    /// <summary>Runs a conditional request in the form that the server understands.</summary>
    /// <param name="write">Whether the request writes.</param>
    /// <param name="etag">The plain ETag.</param>
    /// <param name="send">Sends the request with the ETag in the form given.</param>
    /// <param name="hasETag">Whether the object has that ETag at this moment.</param>
    public async Task<T> SendAsync<T>(bool write, string etag, Func<string, Task<T>> send, Func<Task<bool>> hasETag)
    {
        int slot = write ? 1 : 0;
        int learned = Volatile.Read(ref _learned[slot]);
        string quoted = $"\"{etag}\"";
        try
        {
            T result = await send(learned == 2 ? quoted : etag).ConfigureAwait(false);
            if (learned == 0)
                Volatile.Write(ref _learned[slot], 1);
            return result;
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.PreconditionFailed && learned == 0)
        {
            if (!await hasETag().ConfigureAwait(false))
                throw;
        }
        T second = await send(quoted).ConfigureAwait(false);
        Volatile.Write(ref _learned[slot], 2);
        return second;
    }
}
