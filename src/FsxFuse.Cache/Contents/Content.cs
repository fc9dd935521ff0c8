using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>One open content: shared by everybody who has it open, and thread-safe. Dispose drops one reference.</summary>
public sealed class Content : IDisposable
{
    internal Content(ContentRow row) => Row = row;

    /// <summary>The content's id.</summary>
    public long Id => Row.Id;

    /// <summary>The row as last committed.</summary>
    public ContentRow Row { get; }

    /// <summary>Logical size, bytes.</summary>
    public long Length => throw new NotSupportedException();

    /// <summary>Bytes of the content that are in the cache.</summary>
    public long ResidentBytes => throw new NotSupportedException();

    /// <summary>Reads resident data at once, without allocating; false: use <see cref="ReadAsync"/>.</summary>
    public bool TryRead(long offset, Span<byte> destination, out int read) => throw new NotSupportedException();

    /// <summary>Reads, fetching what is missing.</summary>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, ReadCursor? cursor, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Commits that somebody may be writing; returns at once when that is known.</summary>
    public ValueTask MarkWritingAsync(Action<Batch>? join, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Writes.</summary>
    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Sets the length.</summary>
    public ValueTask TruncateAsync(long length, Action<Batch>? join, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>fallocate(2).</summary>
    public ValueTask AllocateAsync(FallocateMode mode, long offset, long length, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>SEEK_DATA or SEEK_HOLE; −1 = ENXIO.</summary>
    public ValueTask<long> SeekAsync(long offset, bool data, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>copy_file_range(2).</summary>
    public ValueTask<long> CopyRangeAsync(Content source, long sourceOffset, long offset, long length, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Loads a range.</summary>
    public ValueTask EnsureResidentAsync(long offset, long length, IProgress<long>? loaded, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Commits that nobody writes any more, together with the caller's rows.</summary>
    public ValueTask RestAsync(Action<Batch> join, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>fsync or fdatasync.</summary>
    public ValueTask SyncAsync(bool dataOnly, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>st_mtime and st_blocks (512-byte units) of the content file.</summary>
    public (long MtimeNs, long Blocks) Stat() => throw new NotSupportedException();

    /// <summary>Sets st_mtime of the content file, ns since 1970.</summary>
    public void SetMtime(long mtimeNs) => throw new NotSupportedException();

    /// <summary>Opens the resident content for an upload.</summary>
    public ContentSnapshot OpenSnapshot() => throw new NotSupportedException();

    /// <summary>Commits that the content equals this object; false when it was written since.</summary>
    public ValueTask<bool> MarkCleanAsync(ContentSnapshot seen, SourceVersion source, Action<Batch>? join, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Takes the bytes out of the cache.</summary>
    public ValueTask<ReleaseResult> ReleaseAsync(Action<Batch>? join, CancellationToken cancel) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotSupportedException();

    internal bool IsUnchangedSince(ContentSnapshot seen) => throw new NotSupportedException();
}
