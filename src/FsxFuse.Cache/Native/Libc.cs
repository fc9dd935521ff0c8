using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Cache.Native;

/// <summary>The C library's functions as they are (64-bit Linux: off_t, size_t and time_t are 8 bytes).</summary>
internal static partial class Libc
{
    internal const int O_RDONLY = 0, O_RDWR = 2, O_CREAT = 0x40, O_TRUNC = 0x200, O_CLOEXEC = 0x80000;
    internal const int SEEK_DATA = 3, SEEK_HOLE = 4;
    internal const int AT_EMPTY_PATH = 0x1000, AT_FDCWD = -100;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const long UTIME_OMIT = 0x3ffffffe, UTIME_NOW = 0x3fffffff;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    internal static unsafe partial nint Read(SafeFileHandle file, byte* buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    internal static unsafe partial nint Write(SafeFileHandle file, byte* buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int SyncData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int SyncFileSystem(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    internal static unsafe partial nint CopyRange(SafeFileHandle source, long* sourceOffset, SafeFileHandle target, long* targetOffset, nint length, uint flags);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    internal static unsafe partial int SetTimes(SafeFileHandle file, TimeSpec* times);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int StatX(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    internal static unsafe partial int StatX(SafeFileHandle file, byte* emptyPath, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int StatFileSystem(string path, ulong* buffer);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeDirectory(string path, uint mode);

    /// <summary>struct timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
