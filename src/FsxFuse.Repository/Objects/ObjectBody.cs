namespace FsxFuse.Repository.Objects;

/// <summary>An open object: what it is, and a stream of the bytes asked for. Disposing it closes the stream and frees the connection.</summary>
public sealed class ObjectBody : IAsyncDisposable
{
    private readonly object? _owner;

    /// <summary>Wraps an open stream.</summary>
    /// <param name="info">The object, as it is in the version that the stream reads.</param>
    /// <param name="content">The bytes; owned by this object.</param>
    /// <param name="offset">Where in the object the stream starts.</param>
    /// <param name="length">How many bytes the stream will give.</param>
    /// <param name="owner">What else to dispose with it; disposed after the stream.</param>
    public ObjectBody(ObjectInfo info, Stream content, long offset, long length, object? owner = null)
    {
        Info = info;
        Content = content;
        Offset = offset;
        Length = length;
        _owner = owner;
    }

    /// <summary>The object that is being read.</summary>
    public ObjectInfo Info { get; }

    /// <summary>The bytes. Reading throws <see cref="ObjectStoreException"/> when they stop coming or come wrong.</summary>
    public Stream Content { get; }

    /// <summary>Offset of the first byte within the object.</summary>
    public long Offset { get; }

    /// <summary>How many bytes <see cref="Content"/> gives.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        if (_owner is IAsyncDisposable asynchronous)
            await asynchronous.DisposeAsync().ConfigureAwait(false);
        else
            (_owner as IDisposable)?.Dispose();
    }
}
