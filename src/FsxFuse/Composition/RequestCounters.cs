using System.Collections.Concurrent;

namespace FsxFuse.Composition;

/// <summary>What was asked of all repositories since the start. Thread-safe; values only grow.</summary>
internal sealed class RequestCounters
{
    private readonly ConcurrentDictionary<string, long> _requests = new(StringComparer.Ordinal);
    private long _errors, _downloaded, _uploaded;

    /// <summary>Requests by kind. A request that was retried inside the client counts once.</summary>
    public IReadOnlyDictionary<string, long> Requests => new SortedDictionary<string, long>(_requests, StringComparer.Ordinal);

    /// <summary>Requests that failed.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Bytes of the bodies opened for reading.</summary>
    public long Downloaded => Volatile.Read(ref _downloaded);

    /// <summary>Bytes of the bodies written.</summary>
    public long Uploaded => Volatile.Read(ref _uploaded);

    public void Request(string kind) => _requests.AddOrUpdate(kind, 1, static (_, count) => count + 1);

    public void Error() => Interlocked.Increment(ref _errors);

    public void Download(long bytes) => Interlocked.Add(ref _downloaded, bytes);

    public void Upload(long bytes) => Interlocked.Add(ref _uploaded, bytes);
}
