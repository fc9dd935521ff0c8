using System.Buffers;

namespace FsxFuse.Fuse.Native;

/// <summary><see cref="Memory{T}"/> over native memory that belongs to a request buffer; it never moves, so pinning is free.</summary>
internal sealed unsafe class NativeBufferMemory(byte* start, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(start, length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
        return new MemoryHandle(start + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
