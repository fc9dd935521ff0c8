using System.Runtime.InteropServices;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>A system call failed.</summary>
internal sealed class NativeFileException(int errno, string path) : IOException($"{Marshal.GetPInvokeErrorMessage(errno)}: {path}")
{
    public int Errno { get; } = errno;
}
