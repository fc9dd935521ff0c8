using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>System calls on files beside the database: open(2), flock(2), fsync(2), fdatasync(2).</summary>
internal static partial class StateFile
{
    private const int ReadWrite = 2;
    private const int CreateFlag = 0x40;
    private const int DirectoryOnly = 0x10000;
    private const int CloseOnExec = 0x80000;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int LockRelease = 8;
    private const int WouldBlock = 11;
    private const int Interrupted = 4;

    /// <summary>Opens or makes a file for this user alone and takes its lock, which goes with the process however it ends.</summary>
    public static SafeFileHandle Lock(string path)
    {
        // O_DIRECTORY has another value on arm64, O_CREAT and O_CLOEXEC do not.
        SafeFileHandle file = OpenOrThrow(path, ReadWrite | CreateFlag | CloseOnExec);
        int result;
        do
            result = FileLock(file, LockExclusive | LockNonBlocking);
        while (result != 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (result == 0)
            return file;
        int errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        throw errno == WouldBlock
            ? new MetadataStoreException(MetadataFailure.InUse, $"Another process uses this metadata (it holds {path}): the file system is mounted already, or being checked.")
            : Failed("lock", path, errno);
    }

    /// <summary>
    /// Gives a lock back. Closing alone would not: a child that another thread is starting has a copy of the descriptor until it runs its program.
    /// </summary>
    public static void Unlock(SafeFileHandle file)
    {
        _ = FileLock(file, LockRelease);
        file.Dispose();
    }

    /// <summary>Makes an empty file for this user alone.</summary>
    public static void Create(string path) => OpenOrThrow(path, ReadWrite | CreateFlag | CloseOnExec).Dispose();

    public static SafeFileHandle Open(string path) => OpenOrThrow(path, ReadWrite | CloseOnExec);

    /// <summary>Makes a file's bytes and size survive a power loss (fdatasync(2)).</summary>
    public static void Sync(SafeFileHandle file, string path)
    {
        while (DataSync(file) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Interrupted)
                throw Failed("flush", path, errno);
        }
    }

    /// <summary>Makes the names in a directory survive a power loss.</summary>
    public static void SyncDirectory(string path)
    {
        int directoryOnly = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x4000 : DirectoryOnly;
        using SafeFileHandle directory = OpenOrThrow(path, directoryOnly | CloseOnExec);
        if (FullSync(directory) != 0)
            throw Failed("flush", path, Marshal.GetLastPInvokeError());
    }

    private static SafeFileHandle OpenOrThrow(string path, int flags)
    {
        SafeFileHandle file = OpenFile(path, flags, 0x180); // 0600
        if (!file.IsInvalid)
            return file;
        int errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        throw Failed("open", path, errno);
    }

    private static MetadataStoreException Failed(string verb, string path, int errno)
    {
        const int noSpace = 28, quota = 122;
        MetadataFailure failure = errno is noSpace or quota ? MetadataFailure.Full : MetadataFailure.Broken;
        return new(failure, $"Cannot {verb} {path}: {Marshal.GetPInvokeErrorMessage(errno)}.");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FullSync(SafeFileHandle file);
}
