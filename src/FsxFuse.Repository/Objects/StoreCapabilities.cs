namespace FsxFuse.Repository.Objects;

/// <summary>
/// Which conditions a server was seen to honour (<see cref="ObjectStoreProbe.ProbeAsync"/>). False means that the condition is ignored
/// or refused, so whoever writes must HEAD just before and accept the window.
/// </summary>
public sealed record StoreCapabilities
{
    /// <summary>PUT with If-None-Match: * is refused when the key exists.</summary>
    public bool PutIfAbsent { get; init; }

    /// <summary>PUT with If-Match succeeds on the right ETag and is refused on a wrong one.</summary>
    public bool PutIfMatch { get; init; }

    /// <summary>CompleteMultipartUpload with If-None-Match: * is refused when the key exists.</summary>
    public bool CompleteIfAbsent { get; init; }

    /// <summary>CompleteMultipartUpload with If-Match succeeds on the right ETag and is refused on a wrong one.</summary>
    public bool CompleteIfMatch { get; init; }

    /// <summary>A copy is refused when the source's ETag is not the given one.</summary>
    public bool CopySourceIfMatch { get; init; }

    /// <summary>A copy with If-None-Match: * is refused when the destination exists.</summary>
    public bool CopyIfAbsent { get; init; }

    /// <summary>A copy with If-Match is refused when the destination's ETag is not the given one.</summary>
    public bool CopyIfMatch { get; init; }

    /// <summary>DELETE with If-Match is refused on a wrong ETag and done on the right one.</summary>
    public bool DeleteIfMatch { get; init; }

    /// <summary>GET with If-Match is refused on a wrong ETag. Without it, nothing can be loaded in pieces safely.</summary>
    public bool GetIfMatch { get; init; }
}
