namespace FsxFuse.Cache;

/// <summary>What the cache did since it was made. Values only rise; read them at any time from any thread.</summary>
public sealed class CacheCounters
{
    private long _bytesLoaded, _sourceRequests, _sourceFailures, _hits, _misses, _readAheadBytes, _uncachedLoads, _released, _discarded, _lost;

    /// <summary>Bytes read from sources.</summary>
    public long BytesLoaded => Volatile.Read(ref _bytesLoaded);

    /// <summary>Requests made to sources.</summary>
    public long SourceRequests => Volatile.Read(ref _sourceRequests);

    /// <summary>Requests to sources that failed.</summary>
    public long SourceFailures => Volatile.Read(ref _sourceFailures);

    /// <summary>Reads answered from the content file at once.</summary>
    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Reads that had to wait for a source.</summary>
    public long Misses => Volatile.Read(ref _misses);

    /// <summary>Bytes asked for before anybody wanted them.</summary>
    public long ReadAheadBytes => Volatile.Read(ref _readAheadBytes);

    /// <summary>Loads that were served from memory but not kept, because the tier was full.</summary>
    public long UncachedLoads => Volatile.Read(ref _uncachedLoads);

    /// <summary>Contents released.</summary>
    public long Released => Volatile.Read(ref _released);

    /// <summary>Content files removed because their content was deleted.</summary>
    public long Discarded => Volatile.Read(ref _discarded);

    /// <summary>Contents whose only bytes were found missing.</summary>
    public long Lost => Volatile.Read(ref _lost);

    internal void Load(long bytes)
    {
        Interlocked.Increment(ref _sourceRequests);
        Interlocked.Add(ref _bytesLoaded, bytes);
    }

    internal void SourceFailure()
    {
        Interlocked.Increment(ref _sourceRequests);
        Interlocked.Increment(ref _sourceFailures);
    }

    internal void Hit() => Interlocked.Increment(ref _hits);

    internal void Miss() => Interlocked.Increment(ref _misses);

    internal void ReadAhead(long bytes) => Interlocked.Add(ref _readAheadBytes, bytes);

    internal void UncachedLoad() => Interlocked.Increment(ref _uncachedLoads);

    internal void Release() => Interlocked.Increment(ref _released);

    internal void Discard() => Interlocked.Increment(ref _discarded);

    internal void Loss() => Interlocked.Increment(ref _lost);
}
