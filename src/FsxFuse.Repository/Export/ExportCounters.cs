using System.Collections.Concurrent;

namespace FsxFuse.Repository.Export;

/// <summary>What the exporter did since it was made. Thread-safe.</summary>
internal sealed class ExportCounters(TimeProvider time)
{
    private readonly ExportRate _rate = new(time);
    private readonly ConcurrentDictionary<long, long> _moving = new();
    private long _uploads;
    private long _bytes;
    private long _copies;
    private long _deletes;
    private long _conflicts;

    public long Uploads => Volatile.Read(ref _uploads);

    public long Bytes => Volatile.Read(ref _bytes);

    public long Copies => Volatile.Read(ref _copies);

    public long Deletes => Volatile.Read(ref _deletes);

    public long Conflicts => Volatile.Read(ref _conflicts);

    public void Uploaded() => Interlocked.Increment(ref _uploads);

    /// <summary>Bytes of an inode were sent.</summary>
    public void Sent(long inode, long bytes)
    {
        _moving.AddOrUpdate(inode, bytes, (_, before) => before + bytes);
        Interlocked.Add(ref _bytes, bytes);
        _rate.Add(bytes);
    }

    /// <summary>Bytes sent of an inode whose entry is in work.</summary>
    public long MovedOf(long inode) => _moving.GetValueOrDefault(inode);

    /// <summary>The inode's entry is no longer in work.</summary>
    public void Ended(long inode) => _moving.TryRemove(inode, out _);

    public double BytesPerSecond => _rate.PerSecond;

    public void Copied() => Interlocked.Increment(ref _copies);

    public void Deleted() => Interlocked.Increment(ref _deletes);

    public void Conflicted() => Interlocked.Increment(ref _conflicts);
}
