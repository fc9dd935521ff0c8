using System.Runtime.InteropServices;

namespace FsxFuse.Fuse.Native;

/// <summary>struct msghdr (64-bit glibc).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IOVector* Vectors;
    public nuint VectorCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
}
