namespace FsxFuse.Repository.Objects.S3;

/// <summary>The bytes of an object as they arrive: exactly as many as announced, or a classified failure.</summary>
internal sealed class S3BodyStream(Stream inner, long length, string key, S3Client client) : ForwardStream
{
    private long _position;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is not ObjectStoreException)
        {
            throw client.Translate(e, "Reading", key);
        }
        _position += read;
        if (_position > length || (read == 0 && buffer.Length > 0 && _position < length))
            throw new ObjectStoreException(ObjectStoreErrorKind.Unavailable, $"The answer for '{key}' has {_position} bytes where {length} were announced.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
