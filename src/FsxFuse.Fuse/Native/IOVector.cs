using System.Runtime.InteropServices;

namespace FsxFuse.Fuse.Native;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IOVector(byte* start, nuint length)
{
    public byte* Start = start;
    public nuint Length = length;
}
