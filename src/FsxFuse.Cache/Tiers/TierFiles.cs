using System.Globalization;
using FsxFuse.Cache.Native;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Cache;

/// <summary>
/// The content files of one tier: <c>contents/&lt;id / 4096&gt;/&lt;id&gt;</c>, both in hexadecimal, so that no directory holds more than 4,096
/// files and files made together lie together. Knows names and space, not what the bytes mean. Thread-safe.
/// </summary>
internal sealed class TierFiles
{
    private const int FanOutShift = 12;

    private readonly string _contents;
    private readonly long? _capacity;
    private readonly Lock _lock = new();
    private HashSet<long>? _counted = [];
    private long _used;

    internal TierFiles(TierOptions options)
    {
        Directory = options.Directory;
        _capacity = options.Capacity;
        _contents = Path.Combine(options.Directory, "contents");
        if (Path.GetDirectoryName(Path.GetFullPath(options.Directory)) is { } parent)
            System.IO.Directory.CreateDirectory(parent);
        DiskFile.MakeDirectory(options.Directory);
        IsNew = DiskFile.MakeDirectory(_contents);
        if (IsNew)
        {
            // Before any content: from now on a tier without this directory is another one.
            SyncDirectory(options.Directory);
            SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Directory)) ?? options.Directory);
        }
    }

    internal string Directory { get; }

    /// <summary>It was made just now: whatever the metadata says is in it is on a device that is missing, or was deleted.</summary>
    internal bool IsNew { get; }

    /// <summary>Bytes content files take; a lower bound until the scan has ended.</summary>
    internal long Used => Volatile.Read(ref _used);

    internal string PathOf(long id) => Path.Combine(DirectoryOf(id), id.ToString("x", CultureInfo.InvariantCulture));

    /// <summary>Opens a content's file for reading and writing; null when there is none.</summary>
    internal SafeFileHandle? Open(long id, out long bytes)
    {
        bytes = 0;
        SafeFileHandle? file = DiskFile.Open(PathOf(id), Libc.O_RDWR);
        if (file is null)
            return null;
        bytes = DiskFile.Stat(file).Blocks * 512;
        CountOnce(id, bytes);
        return file;
    }

    /// <summary>Opens a content's file for reading alone (uploads).</summary>
    internal SafeFileHandle OpenForReading(long id) =>
        DiskFile.Open(PathOf(id), Libc.O_RDONLY) ?? throw DiskFile.Failure(Errno.ENOENT, "open", PathOf(id));

    /// <summary>Makes an empty file, whatever a former life may have left under the name.</summary>
    internal SafeFileHandle Create(long id)
    {
        const int Flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_TRUNC;
        SafeFileHandle? file = DiskFile.Open(PathOf(id), Flags);
        if (file is null)
        {
            DiskFile.MakeDirectory(DirectoryOf(id));
            file = DiskFile.Open(PathOf(id), Flags) ?? throw DiskFile.Failure(Errno.ENOENT, "create", PathOf(id));
        }

        CountOnce(id, 0);
        return file;
    }

    internal bool Exists(long id) => DiskFile.Stat(PathOf(id)) is not null;

    /// <summary>Removes a content's file; false when there was none.</summary>
    internal bool Remove(long id)
    {
        string path = PathOf(id);
        if (DiskFile.Stat(path) is not { } status || !DiskFile.Unlink(path))
            return false;
        lock (_lock)
        {
            // A file the scan has not reached was never added.
            if (_counted is null || _counted.Contains(id))
                _used -= status.Blocks * 512;
        }

        return true;
    }

    /// <summary>Notes that a content's file grew or shrank.</summary>
    internal void Account(long delta) => Interlocked.Add(ref _used, delta);

    /// <summary>Flushes the name of a new content file.</summary>
    internal void SyncName(long id)
    {
        SyncDirectory(DirectoryOf(id));
        SyncDirectory(_contents);
    }

    /// <summary>Flushes everything on the tier's device (syncfs).</summary>
    internal void SyncAll()
    {
        using SafeFileHandle? directory = DiskFile.Open(_contents, Libc.O_RDONLY);
        if (directory is not null)
            DiskFile.SyncFileSystem(directory);
    }

    /// <summary>Ids of all content files there are, in no order.</summary>
    internal IEnumerable<long> Enumerate()
    {
        foreach (string directory in System.IO.Directory.EnumerateDirectories(_contents))
        {
            foreach (string path in System.IO.Directory.EnumerateFiles(directory))
            {
                if (long.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long id))
                    yield return id;
            }
        }
    }

    /// <summary>Adds a file found by the scan, unless it was opened since the start.</summary>
    internal void CountFound(long id)
    {
        if (DiskFile.Stat(PathOf(id)) is { } status)
            CountOnce(id, status.Blocks * 512);
    }

    /// <summary>Every file was found: from now on an opened file is known to be counted.</summary>
    internal void EndScan()
    {
        lock (_lock)
            _counted = null;
    }

    /// <summary>False when <paramref name="bytes"/> more would go beyond the configured capacity; the device itself answers with ENOSPC.</summary>
    internal bool HasRoom(long bytes) => _capacity is not { } capacity || Used + bytes <= capacity;

    /// <summary>
    /// The same for space that is asked for at once: a device's own fallocate(2) would first give away all that is left, starving every
    /// other writer, and then fail.
    /// </summary>
    internal bool CanAllocate(long bytes) => HasRoom(bytes) && bytes <= DiskFile.StatDevice(_contents).Available;

    internal CacheUsage GetUsage()
    {
        DeviceStatus device = DiskFile.StatDevice(_contents);
        long used = Math.Max(0, Used);
        long capacity = _capacity ?? used + device.Available;
        return new CacheUsage(used, capacity, Math.Max(0, Math.Min(capacity - used, device.Available)), device.Total, device.BlockSize);
    }

    private void CountOnce(long id, long bytes)
    {
        lock (_lock)
        {
            if (_counted is not null && _counted.Add(id))
                _used += bytes;
        }
    }

    private static void SyncDirectory(string path)
    {
        using SafeFileHandle? directory = DiskFile.Open(path, Libc.O_RDONLY);
        if (directory is not null)
            DiskFile.Sync(directory, dataOnly: false);
    }

    private string DirectoryOf(long id) => Path.Combine(_contents, (id >> FanOutShift).ToString("x", CultureInfo.InvariantCulture));
}
