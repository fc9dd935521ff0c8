namespace FsxFuse;

/// <summary>A command cannot do what it was asked (exit code 1 unless said otherwise). The message is one line that says what to do.</summary>
internal sealed class CommandFailedException(string message, Exception? inner = null, int exitCode = ExitCode.Failed) : Exception(message, inner)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
