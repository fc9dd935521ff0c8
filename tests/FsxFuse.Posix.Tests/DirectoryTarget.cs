namespace FsxFuse.Posix.Tests;

/// <summary>A directory of any mounted file system, named by FSXFUSE_POSIX_DIR.</summary>
public sealed class DirectoryTarget : IPosixTarget
{
    private static string? Configured => Environment.GetEnvironmentVariable("FSXFUSE_POSIX_DIR");

    /// <inheritdoc/>
    public string? Unavailable => Configured is null ? "FSXFUSE_POSIX_DIR is not set" : null;

    /// <inheritdoc/>
    public ValueTask<string> PrepareAsync() => ValueTask.FromResult(Configured!);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
