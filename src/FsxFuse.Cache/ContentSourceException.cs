namespace FsxFuse.Cache;

/// <summary>A source could not deliver bytes. The message says why and can be shown to users as it is.</summary>
public sealed class ContentSourceException : Exception
{
    /// <summary>Makes the exception; <paramref name="errno"/> is a Linux errno, such as <see cref="Cache.Errno.ESTALE"/>.</summary>
    public ContentSourceException(int errno, string message, Exception? inner = null)
        : base(message, inner) => Errno = errno;

    /// <summary>What a reader gets (a positive Linux errno).</summary>
    public int Errno { get; }
}
