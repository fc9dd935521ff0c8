using System.Runtime.InteropServices;

namespace FsxFuse.Fuse;

/// <summary>A byte-range lock, laid out as struct fuse_file_lock (24 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FileLock
{
    /// <summary>First byte.</summary>
    public ulong Start;

    /// <summary>Last byte, inclusive; 0x7fffffffffffffff (OFFSET_MAX) means to the end of the file.</summary>
    public ulong End;

    /// <summary>Shared, exclusive, or none.</summary>
    public LockType Type;

    /// <summary>Process that holds it (thread group id); 0 in a reply if it is on another host.</summary>
    public uint Pid;
}
