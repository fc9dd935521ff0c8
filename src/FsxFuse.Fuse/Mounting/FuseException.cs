namespace FsxFuse.Fuse;

/// <summary>Mounting, unmounting or starting a session failed.</summary>
public sealed class FuseException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, and what to do about it.</param>
    /// <param name="error">The errno, or None if there is none.</param>
    public FuseException(string message, Errno error)
        : base(error == Errno.None ? message : $"{message}: {error}")
    {
        Error = error;
    }

    /// <summary>The errno, or <see cref="Errno.None"/>.</summary>
    public Errno Error { get; }
}
