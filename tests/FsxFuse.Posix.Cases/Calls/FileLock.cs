using System.Runtime.InteropServices;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary><c>struct flock</c> of 64-bit Linux (fcntl(2)); OFD locks need <see cref="Pid"/> 0.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileLock
{
    internal short Type;
    internal short Whence;
    internal long Start;
    internal long Length;
    internal int Pid;
}
