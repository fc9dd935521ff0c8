using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects;

/// <summary>
/// Bytes to upload, which can be read more than once: for a checksum, for sending, and again for each retry.
/// </summary>
/// <remarks>A source that changes between two readings is caught by the checksum (<see cref="ObjectStoreErrorKind.ChecksumMismatch"/>)
/// where the server takes one, never by the source itself.</remarks>
public abstract class BodySource
{
    private protected BodySource(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
    }

    /// <summary>No bytes.</summary>
    public static BodySource Empty { get; } = FromMemory(ReadOnlyMemory<byte>.Empty);

    /// <summary>How many bytes.</summary>
    public long Length { get; }

    /// <summary>Bytes in memory, which must stay as they are until the upload is done.</summary>
    public static BodySource FromMemory(ReadOnlyMemory<byte> bytes) => new MemoryBodySource(bytes);

    /// <summary>A run of an open file, read by position: the handle's own offset is neither used nor moved. The handle stays the caller's.</summary>
    public static BodySource FromFile(SafeFileHandle file, long offset, long length) => new FileBodySource(file, offset, length);

    /// <summary>Bytes from anywhere.</summary>
    /// <param name="length">How many.</param>
    /// <param name="open">Opens a new stream of (offset, length); the stream is disposed by the reader and need not seek.</param>
    public static BodySource FromStreams(long length, Func<long, long, Stream> open) => new DelegateBodySource(length, open);

    /// <summary>A part of this source; shares it, copies nothing.</summary>
    public BodySource Slice(long offset, long length)
    {
        CheckRange(offset, length);
        return SliceCore(offset, length);
    }

    /// <summary>Opens a run of the bytes as a stream that gives exactly <paramref name="length"/> bytes or fails. The caller disposes it.</summary>
    public Stream Open(long offset, long length)
    {
        CheckRange(offset, length);
        return OpenCore(offset, length);
    }

    /// <summary>Opens all the bytes.</summary>
    public Stream Open() => OpenCore(0, Length);

    private protected abstract Stream OpenCore(long offset, long length);

    private protected virtual BodySource SliceCore(long offset, long length) =>
        new DelegateBodySource(length, (o, l) => OpenCore(offset + o, l));

    private void CheckRange(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }
}
