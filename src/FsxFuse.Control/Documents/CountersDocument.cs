namespace FsxFuse.Control.Documents;

/// <summary>What the daemon did since it started. All numbers only grow.</summary>
public sealed record CountersDocument
{
    /// <summary>Requests of the kernel by operation, under its names: <c>LOOKUP</c>, <c>READ</c> … What its caches answer is not among them.</summary>
    public IReadOnlyDictionary<string, long> Operations { get; init; } = new Dictionary<string, long>();

    /// <summary>Requests to the repositories by kind: <c>get</c>, <c>head</c>, <c>list</c>, <c>put</c>, <c>copy</c>, <c>delete</c> …</summary>
    public IReadOnlyDictionary<string, long> Requests { get; init; } = new Dictionary<string, long>();

    /// <summary>Requests that failed.</summary>
    public long RequestErrors { get; init; }

    /// <summary>Bytes of objects read from the repositories.</summary>
    public long BytesDownloaded { get; init; }

    /// <summary>Bytes of objects written to the repositories.</summary>
    public long BytesUploaded { get; init; }

    /// <summary>Reads that were answered from the cache.</summary>
    public long CacheHits { get; init; }

    /// <summary>Reads that had to wait for the repository.</summary>
    public long CacheMisses { get; init; }
}
