namespace FsxFuse.Repository.Objects;

/// <summary>Bytes that somebody opens on demand; seeking backwards opens them again.</summary>
internal sealed class DelegateBodySource(long length, Func<long, long, Stream> open) : BodySource(length)
{
    private protected override Stream OpenCore(long offset, long length)
    {
        Stream? current = null;
        long currentPosition = 0;
        return new PositionedReadStream(
            length,
            (position, buffer) =>
            {
                if (current is null || currentPosition != position)
                {
                    current?.Dispose();
                    current = open(offset + position, length - position);
                    currentPosition = position;
                }
                int read = current.Read(buffer);
                currentPosition += read;
                return read;
            },
            () => current?.Dispose());
    }
}
