using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace FsxFuse.State;

/// <summary>
/// The proof that one daemon serves a file system: a file locked (flock(2)) as long as the process lives, however it ends. A second
/// file beside it says who and where; a killed daemon leaves it behind.
/// </summary>
internal sealed class DaemonLock : IDisposable
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;
    private readonly string _recordPath;

    private DaemonLock(FileStream file, string recordPath) => (_file, _recordPath) = (file, recordPath);

    /// <summary>Takes the lock.</summary>
    /// <exception cref="CommandFailedException">Another daemon has it.</exception>
    public static DaemonLock Take(StateLocations locations, string fileSystem, DaemonRecord record)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // A few tries: whoever looks whether the daemon lives holds a shared lock for a moment.
        for (int tries = 0; ; tries++)
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB).
                FileStream file = new(locations.LockOf(fileSystem), new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    BufferSize = 0,
                    UnixCreateMode = OwnerOnly,
                });
                string path = locations.DaemonOf(fileSystem);
                using (FileStream stream = new(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
                    JsonSerializer.Serialize(stream, record, StateJson.Default.DaemonRecord);
                return new DaemonLock(file, path);
            }
            catch (IOException e) when (tries >= 5)
            {
                throw new CommandFailedException(TryRead(locations, fileSystem, out bool alive, out DaemonRecord? other) && alive
                    ? $"file system '{fileSystem}' is already mounted on {other.Mountpoint} (process {other.Pid})"
                    : $"file system '{fileSystem}' cannot be locked: {e.Message}", e);
            }
            catch (IOException)
            {
                Thread.Sleep(ProbePause);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new CommandFailedException($"file system '{fileSystem}' belongs to another user: {e.Message}", e);
            }
        }
    }

    /// <summary>Reads what the last holder wrote, and whether it still holds the lock.</summary>
    public static bool TryRead(StateLocations locations, string fileSystem, out bool alive, [NotNullWhen(true)] out DaemonRecord? record)
    {
        alive = false;
        record = null;
        try
        {
            using FileStream file = new(locations.DaemonOf(fileSystem), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            record = JsonSerializer.Deserialize(file, StateJson.Default.DaemonRecord);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return false;
        }
        try
        {
            // FileShare.Read is flock(LOCK_SH | LOCK_NB): refused while a daemon holds the exclusive lock.
            using FileStream probe = new(locations.LockOf(fileSystem), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return record is not null;
        }
        catch (IOException)
        {
            alive = true;
        }
        return record is not null;
    }

    /// <summary>Removes the trace and lets go of the lock.</summary>
    public void Dispose()
    {
        File.Delete(_recordPath);
        _file.Dispose();
    }
}
