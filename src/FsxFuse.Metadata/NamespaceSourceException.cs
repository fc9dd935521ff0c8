namespace FsxFuse.Metadata;

/// <summary>A repository could not be asked. The message can be shown to users as it is.</summary>
public sealed class NamespaceSourceException : Exception
{
    /// <summary>Makes the exception; <paramref name="errno"/> is what the system call returns (EACCES, EIO, ETIMEDOUT …, Linux number).</summary>
    public NamespaceSourceException(int errno, string message, Exception? inner = null)
        : base(message, inner) => Errno = errno;

    /// <summary>The error for the system call, a positive Linux errno.</summary>
    public int Errno { get; }
}
