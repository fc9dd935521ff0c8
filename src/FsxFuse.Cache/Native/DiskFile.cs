using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Cache.Native;

/// <summary>
/// Positioned I/O on content files: whole ranges, EINTR repeated, failures as <see cref="CacheException"/> with the errno. Every
/// handle is O_CLOEXEC. Nothing here allocates unless it opens or fails.
/// </summary>
internal static class DiskFile
{
    private const int StatXSize = 256;

    /// <summary>Opens; null when the file (or its directory) does not exist.</summary>
    internal static SafeFileHandle? Open(string path, int flags)
    {
        while (true)
        {
            int fd = Libc.Open(path, flags | Libc.O_CLOEXEC, 0x180 /* 0600 */);
            if (fd >= 0)
                return new SafeFileHandle(fd, ownsHandle: true);
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.ENOENT)
                return null;
            if (errno != Errno.EINTR)
                throw Failure(errno, "open", path);
        }
    }

    /// <summary>Reads until the buffer is full or the file ends; returns the bytes read.</summary>
    internal static unsafe int Read(SafeFileHandle file, long offset, Span<byte> destination)
    {
        int done = 0;
        fixed (byte* start = destination)
        {
            while (done < destination.Length)
            {
                nint n = Libc.Read(file, start + done, destination.Length - done, offset + done);
                if (n > 0)
                    done += (int)n;
                else if (n == 0)
                    break;
                else
                    ThrowUnlessInterrupted("read");
            }
        }

        return done;
    }

    /// <summary>Writes everything, or returns the errno with <paramref name="written"/> telling how far it got; 0 = all.</summary>
    internal static unsafe int Write(SafeFileHandle file, long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        fixed (byte* start = data)
        {
            while (written < data.Length)
            {
                nint n = Libc.Write(file, start + written, data.Length - written, offset + written);
                if (n > 0)
                {
                    written += (int)n;
                    continue;
                }

                int errno = n == 0 ? Errno.EIO : Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                    return errno;
            }
        }

        return 0;
    }

    internal static void Truncate(SafeFileHandle file, long length)
    {
        while (Libc.Truncate(file, length) != 0)
            ThrowUnlessInterrupted("resize");
    }

    /// <summary>fallocate(2); 0 or the errno.</summary>
    internal static int Allocate(SafeFileHandle file, int mode, long offset, long length)
    {
        while (Libc.Allocate(file, mode, offset, length) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
                return errno;
        }

        return 0;
    }

    /// <summary>SEEK_DATA or SEEK_HOLE; −1 = nothing there (ENXIO).</summary>
    internal static long Seek(SafeFileHandle file, long offset, bool data)
    {
        long result = Libc.Seek(file, offset, data ? Libc.SEEK_DATA : Libc.SEEK_HOLE);
        if (result >= 0)
            return result;
        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ENXIO ? -1 : throw Failure(errno, "seek in", "a content file");
    }

    internal static void Sync(SafeFileHandle file, bool dataOnly)
    {
        while ((dataOnly ? Libc.SyncData(file) : Libc.Sync(file)) != 0)
            ThrowUnlessInterrupted("flush");
    }

    internal static void SyncFileSystem(SafeFileHandle file)
    {
        while (Libc.SyncFileSystem(file) != 0)
            ThrowUnlessInterrupted("flush");
    }

    /// <summary>copy_file_range(2): bytes copied (0 at the source's end), or −errno.</summary>
    internal static unsafe long CopyRange(SafeFileHandle source, long sourceOffset, SafeFileHandle target, long offset, long length)
    {
        nint n = Libc.CopyRange(source, &sourceOffset, target, &offset, (nint)Math.Min(length, 1 << 30), 0);
        return n >= 0 ? n : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Sets st_mtime alone.</summary>
    internal static unsafe void SetMtime(SafeFileHandle file, long mtimeNs)
    {
        Libc.TimeSpec* times = stackalloc Libc.TimeSpec[2];
        times[0] = new Libc.TimeSpec { Nanoseconds = Libc.UTIME_OMIT };
        long seconds = Math.DivRem(mtimeNs, 1_000_000_000, out long rest);
        times[1] = rest < 0
            ? new Libc.TimeSpec { Seconds = seconds - 1, Nanoseconds = rest + 1_000_000_000 }
            : new Libc.TimeSpec { Seconds = seconds, Nanoseconds = rest };
        while (Libc.SetTimes(file, times) != 0)
            ThrowUnlessInterrupted("set the time of");
    }

    /// <summary>Sets st_atime alone to now.</summary>
    internal static unsafe void Touch(SafeFileHandle file)
    {
        Libc.TimeSpec* times = stackalloc Libc.TimeSpec[2];
        times[0] = new Libc.TimeSpec { Nanoseconds = Libc.UTIME_NOW };
        times[1] = new Libc.TimeSpec { Nanoseconds = Libc.UTIME_OMIT };
        while (Libc.SetTimes(file, times) != 0)
            ThrowUnlessInterrupted("set the time of");
    }

    internal static unsafe FileStatus Stat(SafeFileHandle file)
    {
        byte* buffer = stackalloc byte[StatXSize];
        byte empty = 0;
        while (Libc.StatX(file, &empty, Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, buffer) != 0)
            ThrowUnlessInterrupted("stat");
        return Parse(new ReadOnlySpan<byte>(buffer, StatXSize));
    }

    /// <summary>Null when the file does not exist.</summary>
    internal static unsafe FileStatus? Stat(string path)
    {
        byte* buffer = stackalloc byte[StatXSize];
        while (Libc.StatX(Libc.AT_FDCWD, path, 0, Libc.STATX_BASIC_STATS, buffer) != 0)
        {
            if (Marshal.GetLastPInvokeError() == Errno.ENOENT)
                return null;
            ThrowUnlessInterrupted("stat");
        }

        return Parse(new ReadOnlySpan<byte>(buffer, StatXSize));
    }

    internal static unsafe DeviceStatus StatDevice(string path)
    {
        // struct statvfs: f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, … each an unsigned long.
        ulong* fields = stackalloc ulong[32];
        while (Libc.StatFileSystem(path, fields) != 0)
            ThrowUnlessInterrupted("stat the device of");
        return new DeviceStatus((long)(fields[2] * fields[1]), (long)(fields[4] * fields[1]), (int)fields[0]);
    }

    /// <summary>Removes a name; false when it was not there.</summary>
    internal static bool Unlink(string path)
    {
        if (Libc.Unlink(path) == 0)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ENOENT ? false : throw Failure(errno, "remove", path);
    }

    /// <summary>Makes a directory; false when it was there.</summary>
    internal static bool MakeDirectory(string path)
    {
        if (Libc.MakeDirectory(path, 0x1C0 /* 0700 */) == 0)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.EEXIST ? false : throw Failure(errno, "make", path);
    }

    internal static CacheException Failure(int errno, string action, string subject)
    {
        bool full = errno is Errno.ENOSPC or Errno.EDQUOT;
        string advice = full ? " The cache device is full: release or export files, or add space." : "";
        return new CacheException(full ? Errno.ENOSPC : errno, $"Cannot {action} {subject}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).{advice}");
    }

    private static void ThrowUnlessInterrupted(string action)
    {
        int errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.EINTR)
            throw Failure(errno, action, "a content file");
    }

    // struct statx: stx_size at 40, stx_blocks at 48, stx_atime at 64, stx_ctime at 96, stx_mtime at 112 (each time: s64 seconds, u32 ns).
    private static FileStatus Parse(ReadOnlySpan<byte> statx) => new(
        BinaryPrimitives.ReadInt64LittleEndian(statx[40..]),
        BinaryPrimitives.ReadInt64LittleEndian(statx[48..]),
        Time(statx[112..]),
        Time(statx[96..]),
        Time(statx[64..]));

    private static long Time(ReadOnlySpan<byte> time) =>
        BinaryPrimitives.ReadInt64LittleEndian(time) * 1_000_000_000 + BinaryPrimitives.ReadUInt32LittleEndian(time[8..]);
}
