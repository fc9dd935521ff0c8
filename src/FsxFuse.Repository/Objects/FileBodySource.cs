using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects;

/// <summary>A run of an open file, read with pread.</summary>
internal sealed class FileBodySource(SafeFileHandle file, long start, long length) : BodySource(length)
{
    private protected override Stream OpenCore(long offset, long length) =>
        new PositionedReadStream(length, (position, buffer) => RandomAccess.Read(file, buffer, start + offset + position));

    private protected override BodySource SliceCore(long offset, long length) => new FileBodySource(file, start + offset, length);
}
