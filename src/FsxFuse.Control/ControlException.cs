namespace FsxFuse.Control;

/// <summary>A control request failed. The message is written for the person who asked.</summary>
public sealed class ControlException : Exception
{
    /// <summary>Makes the exception.</summary>
    public ControlException(ControlFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public ControlFailure Failure { get; }
}
