using System.Buffers;
using FsxFuse.Cache.Native;

namespace FsxFuse.Cache;

/// <summary>copy_file_range between contents: on the device when both are resident, else through memory.</summary>
internal static class RangeCopy
{
    private const int Piece = 256 << 10;

    internal static async ValueTask<long> CopyAsync(
        Content source, long sourceOffset, Content target, long offset, long length, CancellationToken cancel)
    {
        if (sourceOffset < 0 || offset < 0 || length < 0)
            throw new CacheException(Errno.EINVAL, "Offsets and length must not be negative.");
        length = Math.Min(length, source.Length - sourceOffset);
        if (length <= 0)
            return 0;
        if (offset > long.MaxValue - length)
            throw new CacheException(Errno.EFBIG, "The copy would end beyond the largest possible file.");
        if (ReferenceEquals(source, target) && sourceOffset < offset + length && offset < sourceOffset + length)
            throw new CacheException(Errno.EINVAL, "Source and target ranges overlap in one file.");
        await target.MarkWritingAsync(null, cancel).ConfigureAwait(false);
        var cursor = new ReadCursor();
        long copied = 0;
        while (copied < length)
        {
            cancel.ThrowIfCancellationRequested();
            long step = OnDevice(source, sourceOffset + copied, target, offset + copied, length - copied);
            if (step <= 0)
                step = await ThroughMemoryAsync(source, sourceOffset + copied, target, offset + copied, length - copied, cursor, cancel).ConfigureAwait(false);
            if (step == 0)
                break;
            copied += step;
        }

        return copied;
    }

    /// <summary>0 when the device cannot, or bytes are missing.</summary>
    private static long OnDevice(Content source, long sourceOffset, Content target, long offset, long length)
    {
        if (!target.IsComplete || !target.IsWriting || !source.Uses.TryEnter())
            return 0;
        try
        {
            if (!target.Uses.TryEnter())
                return 0;
            try
            {
                long present = source.PresentFrom(sourceOffset, sourceOffset + length);
                if (present <= 0 || source.File is not { } from || !target.IsComplete || !target.IsWriting || target.File is not { } to)
                    return 0;
                long copied = DiskFile.CopyRange(from, sourceOffset, to, offset, Math.Min(present, 64 << 20));
                if (copied == -Errno.ENOSPC || copied == -Errno.EDQUOT)
                    throw DiskFile.Failure(Errno.ENOSPC, "copy into", "a content file");
                target.AccountWrite((int)Math.Max(0, copied));
                return Math.Max(0, copied);
            }
            finally
            {
                target.Uses.Exit();
            }
        }
        finally
        {
            source.Uses.Exit();
        }
    }

    // A small buffer of its own, outside the budget: memory held while a load waits for memory could stop both.
    private static async ValueTask<long> ThroughMemoryAsync(
        Content source, long sourceOffset, Content target, long offset, long length, ReadCursor cursor, CancellationToken cancel)
    {
        int size = (int)Math.Min(length, Piece);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            int read = await source.ReadAsync(sourceOffset, buffer.AsMemory(0, size), cursor, cancel).ConfigureAwait(false);
            if (read > 0)
                await target.WriteAsync(offset, buffer.AsMemory(0, read), cancel).ConfigureAwait(false);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
