using System.Text;
using Mono.Unix.Native;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>System calls on descriptors and their bytes.</summary>
internal static unsafe class FileCalls
{
    internal static Outcome Close(int fd) => Outcome.Of($"close({fd})", Libc.close(fd));

    internal static Outcome Read(int fd, Span<byte> into)
    {
        fixed (byte* p = into)
            return Outcome.Of($"read({fd}, {into.Length})", Libc.read(fd, p, into.Length));
    }

    internal static Outcome Write(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
            return Outcome.Of($"write({fd}, {bytes.Length})", Libc.write(fd, p, bytes.Length));
    }

    internal static Outcome Pread(int fd, Span<byte> into, long offset)
    {
        fixed (byte* p = into)
            return Outcome.Of($"pread({fd}, {into.Length}, {offset})", Libc.pread(fd, p, into.Length, offset));
    }

    internal static Outcome Pwrite(int fd, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* p = bytes)
            return Outcome.Of($"pwrite({fd}, {bytes.Length}, {offset})", Libc.pwrite(fd, p, bytes.Length, offset));
    }

    /// <summary>readv(2), or preadv(2) with an offset, into two buffers.</summary>
    internal static Outcome Readv(int fd, Span<byte> first, Span<byte> second, long? offset = null)
    {
        fixed (byte* a = first, b = second)
        {
            var vectors = stackalloc IoVector[] { new() { Base = a, Length = first.Length }, new() { Base = b, Length = second.Length } };
            return Outcome.Of($"readv({fd})", offset is { } o ? Libc.preadv(fd, vectors, 2, o) : Libc.readv(fd, vectors, 2));
        }
    }

    /// <summary>writev(2), or pwritev(2) with an offset, from two buffers.</summary>
    internal static Outcome Writev(int fd, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long? offset = null)
    {
        fixed (byte* a = first, b = second)
        {
            var vectors = stackalloc IoVector[] { new() { Base = a, Length = first.Length }, new() { Base = b, Length = second.Length } };
            return Outcome.Of($"writev({fd})", offset is { } o ? Libc.pwritev(fd, vectors, 2, o) : Libc.writev(fd, vectors, 2));
        }
    }

    internal static Outcome Seek(int fd, long offset, int whence) => Outcome.Of($"lseek({fd}, {offset}, {whence})", Libc.lseek(fd, offset, whence));

    internal static Outcome Ftruncate(int fd, long length) => Outcome.Of($"ftruncate({fd}, {length})", Libc.ftruncate(fd, length));

    internal static Outcome Fallocate(int fd, int mode, long offset, long length) =>
        Outcome.Of($"fallocate({fd}, 0x{mode:x}, {offset}, {length})", Libc.fallocate(fd, mode, offset, length));

    /// <summary>posix_fallocate(3), which returns its error instead of setting errno.</summary>
    internal static Outcome PosixFallocate(int fd, long offset, long length)
    {
        int error = Syscall.posix_fallocate(fd, offset, (ulong)length);
        return new Outcome($"posix_fallocate({fd}, {offset}, {length})", error == 0 ? 0 : -1, (Errno)error);
    }

    internal static Outcome Fsync(int fd) => Outcome.Of($"fsync({fd})", Syscall.fsync(fd));

    internal static Outcome Fdatasync(int fd) => Outcome.Of($"fdatasync({fd})", Syscall.fdatasync(fd));

    internal static Outcome Syncfs(int fd) => Outcome.Of($"syncfs({fd})", Libc.syncfs(fd));

    internal static Outcome CopyRange(int from, long fromOffset, int to, long toOffset, long length, uint flags = 0) =>
        Outcome.Of($"copy_file_range({from}@{fromOffset}, {to}@{toOffset}, {length})", Libc.copy_file_range(from, &fromOffset, to, &toOffset, (nint)length, flags));

    /// <summary>copy_file_range(2) at the descriptors' own positions.</summary>
    internal static Outcome CopyRange(int from, int to, long length) =>
        Outcome.Of($"copy_file_range({from}, {to}, {length})", Libc.copy_file_range(from, null, to, null, (nint)length, 0));

    internal static Outcome Sendfile(int to, int from, long offset, long length) =>
        Outcome.Of($"sendfile({to}, {from}@{offset}, {length})", Libc.sendfile(to, from, &offset, (nint)length));

    internal static Outcome Fcntl(int fd, int command, nint argument = 0) => Outcome.Of($"fcntl({fd}, {command})", Libc.fcntl(fd, command, argument));

    internal static Outcome Fstatfs(int fd)
    {
        byte* buffer = stackalloc byte[VolumeStat.Size];
        return Outcome.Of($"fstatfs({fd})", Libc.fstatfs(fd, buffer));
    }

    /// <summary>The whole content of a file.</summary>
    internal static byte[] Content(string path)
    {
        int fd = (int)Open(path, O_RDONLY).Ok();
        try
        {
            return Content(fd);
        }
        finally
        {
            Libc.close(fd);
        }
    }

    /// <summary>The whole content behind a descriptor, whatever its position.</summary>
    internal static byte[] Content(int fd)
    {
        var bytes = new List<byte>();
        byte[] chunk = new byte[65536];
        for (long n; (n = Pread(fd, chunk, bytes.Count).Ok()) > 0;)
            bytes.AddRange(chunk.AsSpan(0, (int)n));
        return [.. bytes];
    }

    internal static string Text(string path) => Encoding.UTF8.GetString(Content(path));

    internal static string Text(int fd) => Encoding.UTF8.GetString(Content(fd));

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Bytes that differ at every position of a page, the same for the same seed.</summary>
    internal static byte[] Pattern(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)(((i + seed) * 31) ^ (i >> 8) | 1);
        return bytes;
    }
}
