namespace FsxFuse.Repository.Objects;

/// <summary>Tells how many bytes are read through it. The stream beneath belongs to whoever opened it.</summary>
internal sealed class CountingReadStream(Stream inner, Action<long> count) : ForwardStream
{
    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        count(read);
        return read;
    }
}
