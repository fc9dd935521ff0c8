using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>The system calls that .NET has no method for. Failures carry the errno in <see cref="NativeFileException"/>.</summary>
internal static partial class NativeFile
{
    public const int ENOENT = 2;
    public const int EIO = 5;
    public const int EACCES = 13;
    public const int EPERM = 1;
    public const int EEXIST = 17;
    public const int ENOTDIR = 20;
    public const int EISDIR = 21;
    public const int EINVAL = 22;
    public const int EFBIG = 27;
    public const int ENOSPC = 28;
    public const int EROFS = 30;
    public const int ENAMETOOLONG = 36;
    public const int ENOTEMPTY = 39;
    public const int ELOOP = 40;
    public const int ENODATA = 61;
    public const int EOPNOTSUPP = 95;
    public const int EDQUOT = 122;
    public const int ERANGE = 34;
    public const int EAGAIN = 11;
    public const int EXDEV = 18;
    public const int ENOSYS = 38;
    public const int E2BIG = 7;
    public const int EBUSY = 16;
    public const int EILSEQ = 84;

    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint StatxBasic = 0x7FF;
    private const int ODirectory = 0x10000;
    private const int OCloexec = 0x80000;
    private const int ONoFollow = 0x20000;
    private const int ONonBlock = 0x800;
    private const int LockExclusive = 2;
    private const int LockUnlock = 8;

    /// <summary>Returns the status of a path, of the link itself when it is a symlink; null when there is nothing.</summary>
    public static FileStatus? Status(string path)
    {
        if (StatX(AtFdCwd, path, AtSymlinkNoFollow, StatxBasic, out FileStatus status) == 0)
            return status;
        int errno = Marshal.GetLastPInvokeError();
        return errno is ENOENT or ENOTDIR ? null : throw new NativeFileException(errno, path);
    }

    /// <summary>Returns the status of an open file.</summary>
    public static FileStatus Status(SafeFileHandle file)
    {
        const int AtEmptyPath = 0x1000;
        return StatXOpen(file, "", AtEmptyPath, StatxBasic, out FileStatus status) == 0 ? status : throw Last("");
    }

    public static string ReadLink(string path)
    {
        Span<byte> buffer = stackalloc byte[4096];
        nint length = ReadLinkRaw(path, ref MemoryMarshal.GetReference(buffer), buffer.Length);
        return length >= 0 ? Encoding.UTF8.GetString(buffer[..(int)length]) : throw Last(path);
    }

    public static void CreateSymlink(string target, string path) => Check(SymlinkRaw(target, path), path);

    /// <summary>Renames over whatever file is there (rename(2)).</summary>
    public static void Rename(string from, string to) => Check(RenameRaw(from, to), to);

    public static void CreateDirectory(string path, int mode) => Check(MkdirRaw(path, mode), path);

    public static void RemoveDirectory(string path) => Check(RmdirRaw(path), path);

    public static void Unlink(string path) => Check(UnlinkRaw(path), path);

    /// <summary>Opens the directory that everything else lies beneath.</summary>
    public static SafeFileHandle OpenRoot(string path)
    {
        SafeFileHandle directory = OpenRaw(path, ODirectory | OCloexec, 0);
        return directory.IsInvalid ? throw Fail(directory, path) : directory;
    }

    /// <summary>Opens a file for reading, refusing a symlink (ELOOP); null when there is nothing. Never waits for a FIFO's writer.</summary>
    public static SafeFileHandle? TryOpenFile(string path)
    {
        SafeFileHandle file = OpenRaw(path, OCloexec | ONoFollow | ONonBlock, 0);
        if (!file.IsInvalid)
            return file;
        NativeFileException failure = Fail(file, path);
        return failure.Errno is ENOENT or ENOTDIR or ELOOP ? null : throw failure;
    }

    /// <summary>Creates a file that must not exist, for writing.</summary>
    public static SafeFileHandle CreateFile(string path, int mode)
    {
        const int Create = 0x40, Exclusive = 0x80, ReadWrite = 2;
        SafeFileHandle file = OpenRaw(path, ReadWrite | Create | Exclusive | OCloexec | ONoFollow, mode);
        return file.IsInvalid ? throw Fail(file, path) : file;
    }

    /// <summary>
    /// Opens a directory beneath another through no symlink at all and never outside of it (openat2(2), RESOLVE_BENEATH and
    /// RESOLVE_NO_SYMLINKS), whoever rearranges the tree meanwhile. Null when a component is missing, a file or a symlink.
    /// </summary>
    public static SafeFileHandle? TryOpenBeneath(SafeFileHandle root, string relative)
    {
        const long Openat2 = 437;
        var how = new OpenHow { Flags = ODirectory | OCloexec, Resolve = 0x08 | 0x04 };
        SafeFileHandle directory;
        do
        {
            directory = new SafeFileHandle((nint)Openat2Raw(Openat2, root, relative.Length == 0 ? "." : relative, in how, 24), ownsHandle: true);
        }
        // A rename elsewhere during the walk makes the kernel ask for another attempt.
        while (directory.IsInvalid && Marshal.GetLastPInvokeError() == EAGAIN);
        if (!directory.IsInvalid)
            return directory;
        NativeFileException failure = Fail(directory, relative);
        return failure.Errno is ENOENT or ENOTDIR or ELOOP ? null : throw failure;
    }

    /// <summary>Makes an open file, or the names of an open directory, durable.</summary>
    public static void Sync(SafeFileHandle file) => Check(FsyncRaw(file), "fsync");

    public static void ChangeOwner(SafeFileHandle file, uint uid, uint gid) => Check(FchownRaw(file, uid, gid), "fchown");

    public static void ChangeMode(SafeFileHandle file, int mode) => Check(FchmodRaw(file, mode), "fchmod");

    public static bool IsSuperuser => GeteuidRaw() == 0;

    /// <summary>Copies bytes within the kernel (copy_file_range(2)), sharing blocks where the file system can. Returns what was copied, 0 when
    /// the kernel cannot do it for these files.</summary>
    public static long CopyRange(SafeFileHandle from, long fromOffset, SafeFileHandle to, long toOffset, long length)
    {
        nint copied = CopyFileRangeRaw(from, ref fromOffset, to, ref toOffset, (nuint)Math.Min(length, 1L << 30), 0);
        if (copied >= 0)
            return copied;
        int errno = Marshal.GetLastPInvokeError();
        return errno is EINVAL or EOPNOTSUPP or EXDEV or ENOSYS ? 0 : throw new NativeFileException(errno, "copy");
    }

    /// <summary>Reads the names of an open directory, without <c>.</c> and <c>..</c>; names that are not UTF-8 are left out, as no key can name them.</summary>
    public static List<DirectoryName> ReadNames(SafeFileHandle directory)
    {
        var names = new List<DirectoryName>();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            nint length = GetdentsRaw(directory, ref buffer[0], (nuint)buffer.Length);
            // ENOENT: the directory was removed since it was opened, so that there is nothing in it.
            if (length == 0 || (length < 0 && Marshal.GetLastPInvokeError() == ENOENT))
                return names;
            if (length < 0)
                throw Last("getdents");
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, (int)length);
            while (!rest.IsEmpty)
            {
                // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name.
                int recordLength = MemoryMarshal.Read<ushort>(rest[16..]);
                byte type = rest[18];
                ReadOnlySpan<byte> name = rest[19..recordLength];
                name = name[..name.IndexOf((byte)0)];
                rest = rest[recordLength..];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && System.Text.Unicode.Utf8.IsValid(name))
                    names.Add(new DirectoryName(Encoding.UTF8.GetString(name), type));
            }
        }
    }

    /// <summary>Reads an extended attribute, never through a symlink; null when there is none or the file system has none.</summary>
    public static byte[]? GetAttribute(string path, string name) =>
        GetAttribute(path, (span) => GetXattrRaw(path, name, ref MemoryMarshal.GetReference(span), (nuint)span.Length));

    /// <summary>Reads an extended attribute of an open file; null when there is none or the file system has none.</summary>
    public static byte[]? GetAttribute(SafeFileHandle file, string name) =>
        GetAttribute("", (span) => GetXattrRaw(file, name, ref MemoryMarshal.GetReference(span), (nuint)span.Length));

    private delegate nint AttributeReader(Span<byte> buffer);

    private static byte[]? GetAttribute(string path, AttributeReader read)
    {
        Span<byte> buffer = stackalloc byte[2048];
        nint length = read(buffer);
        if (length >= 0)
            return buffer[..(int)length].ToArray();
        int errno = Marshal.GetLastPInvokeError();
        if (errno == ERANGE)
        {
            byte[] large = new byte[65536];
            length = read(large);
            if (length >= 0)
                return large[..(int)length];
            errno = Marshal.GetLastPInvokeError();
        }
        return errno is ENODATA or EOPNOTSUPP or ENOENT or EPERM or EACCES ? null : throw new NativeFileException(errno, path);
    }

    /// <summary>Writes an extended attribute, never through a symlink. Returns false when the file system (or this kind of file) takes none.</summary>
    public static bool TrySetAttribute(string path, string name, ReadOnlySpan<byte> value)
    {
        if (SetXattrRaw(path, name, in MemoryMarshal.GetReference(value), (nuint)value.Length, 0) == 0)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        // ext4 without large attributes answers ENOSPC to one that exceeds a block: the sidecar takes it.
        return errno is EOPNOTSUPP or EPERM or ERANGE or ENOSPC or E2BIG ? false : throw new NativeFileException(errno, path);
    }

    /// <summary>Waits for the lock that other processes on this directory take too (flock(2)).</summary>
    public static void Lock(SafeFileHandle file) => Check(FlockRaw(file, LockExclusive), "lock");

    public static void Unlock(SafeFileHandle file) => Check(FlockRaw(file, LockUnlock), "lock");

    private static void Check(int result, string path)
    {
        if (result != 0)
            throw Last(path);
    }

    private static NativeFileException Fail(SafeFileHandle invalid, string path)
    {
        int errno = Marshal.GetLastPInvokeError();
        invalid.Dispose();
        return new NativeFileException(errno, path);
    }

    private static NativeFileException Last(string path) => new(Marshal.GetLastPInvokeError(), path);

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long Openat2Raw(long number, SafeFileHandle directory, string path, in OpenHow how, nuint size);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint GetdentsRaw(SafeFileHandle directory, ref byte buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial nint CopyFileRangeRaw(SafeFileHandle from, ref long fromOffset, SafeFileHandle to, ref long toOffset, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int FchownRaw(SafeFileHandle file, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FchmodRaw(SafeFileHandle file, int mode);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GeteuidRaw();

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetXattrRaw(SafeFileHandle file, string name, ref byte value, nuint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatXOpen(SafeFileHandle file, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkRaw(string path, ref byte buffer, nint size);

    [LibraryImport("libc", EntryPoint = "symlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SymlinkRaw(string target, string path);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameRaw(string from, string to);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkdirRaw(string path, int mode);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RmdirRaw(string path);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkRaw(string path);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenRaw(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FsyncRaw(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FlockRaw(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetXattrRaw(string path, string name, ref byte value, nuint size);

    [LibraryImport("libc", EntryPoint = "lsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetXattrRaw(string path, string name, in byte value, nuint size, int flags);
}
