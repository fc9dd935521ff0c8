namespace FsxFuse.Cache;

/// <summary>An operation on a content failed; nothing that was acknowledged before is lost. The message says what to do.</summary>
public sealed class CacheException : Exception
{
    /// <summary>Makes the exception; <paramref name="errno"/> is a positive Linux errno.</summary>
    public CacheException(int errno, string message, Exception? inner = null)
        : base(message, inner) => Errno = errno;

    /// <summary>What the caller of the file system gets (a positive Linux errno).</summary>
    public int Errno { get; }
}
