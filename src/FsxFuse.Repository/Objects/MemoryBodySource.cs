namespace FsxFuse.Repository.Objects;

/// <summary>Bytes in memory.</summary>
internal sealed class MemoryBodySource(ReadOnlyMemory<byte> bytes) : BodySource(bytes.Length)
{
    /// <summary>The bytes themselves, for readers that need no stream.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    private protected override Stream OpenCore(long offset, long length) =>
        new PositionedReadStream(length, (position, buffer) =>
        {
            bytes.Span.Slice((int)(offset + position), buffer.Length).CopyTo(buffer);
            return buffer.Length;
        });

    private protected override BodySource SliceCore(long offset, long length) => new MemoryBodySource(bytes.Slice((int)offset, (int)length));
}
