namespace FsxFuse.Repository.Objects;

/// <summary>A repository refused or failed. The message is written for the person who runs the mount and says what to do.</summary>
public sealed class ObjectStoreException : Exception
{
    /// <summary>Makes a classified failure.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">For a person: what, where, and what to do about it.</param>
    /// <param name="innerException">The failure underneath.</param>
    public ObjectStoreException(ObjectStoreErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public ObjectStoreErrorKind Kind { get; }

    /// <summary>The server's own error code (<c>NoSuchKey</c>, <c>SlowDown</c>, …), or null.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>HTTP status, or 0 when there was no answer.</summary>
    public int StatusCode { get; init; }

    /// <summary>The server's id of the request, which its operator can look up, or null.</summary>
    public string? RequestId { get; init; }

    /// <summary>
    /// Whether the same request may succeed later without anybody changing anything. The store has already retried by itself; a
    /// caller with a queue keeps the work and comes back.
    /// </summary>
    public bool IsTransient => Kind is ObjectStoreErrorKind.Unreachable or ObjectStoreErrorKind.Throttled or ObjectStoreErrorKind.Unavailable
        or ObjectStoreErrorKind.ChecksumMismatch or ObjectStoreErrorKind.Conflict;
}
