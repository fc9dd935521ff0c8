namespace FsxFuse.Repository.Objects;

/// <summary>Reads at a position into a buffer that lies wholly inside the source; returns how many bytes it gave, 0 if there are none.</summary>
internal delegate int PositionedRead(long position, Span<byte> buffer);

/// <summary>
/// A read-only, seekable stream of fixed length over anything that can read by position: the form in which the SDK takes a body, and
/// rewinds it for a retry. A source that ends early is an error, never a short upload.
/// </summary>
internal sealed class PositionedReadStream(long length, PositionedRead read, Action? onDispose = null) : Stream
{
    private Action? _onDispose = onDispose;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int want = (int)Math.Min(buffer.Length, Math.Max(0, length - _position));
        if (want == 0)
            return 0;
        int got;
        try
        {
            got = read(_position, buffer[..want]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new BodyUnreadableException($"The bytes to upload could not be read at byte {_position} of {length}: {e.Message}", e);
        }
        if (got <= 0)
            throw new BodyUnreadableException($"The bytes to upload ended at byte {_position} of {length}: the file became shorter meanwhile.");
        _position += got;
        return got;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Local files and memory answer at once; a queue of asynchronous disk reads would cost more than it hides.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Interlocked.Exchange(ref _onDispose, null)?.Invoke();
        base.Dispose(disposing);
    }
}
