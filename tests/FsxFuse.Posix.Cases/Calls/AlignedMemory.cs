using System.Runtime.InteropServices;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>Memory that O_DIRECT accepts: aligned to a page.</summary>
internal sealed unsafe class AlignedMemory(int bytes) : IDisposable
{
    private readonly void* _memory = NativeMemory.AlignedAlloc((nuint)bytes, 4096);

    internal Span<byte> Bytes => new(_memory, bytes);

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
