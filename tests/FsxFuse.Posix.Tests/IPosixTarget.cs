namespace FsxFuse.Posix.Tests;

/// <summary>
/// A file system to run the case table on. One instance serves one test class: it is prepared once, before the first case,
/// and disposed after the last. A target that mounts something must serve it from another process than the tests'.
/// </summary>
public interface IPosixTarget : IAsyncDisposable
{
    /// <summary>Why the target cannot be had here (a variable is unset, a right is missing); null if it can. Called often: must be quick and change nothing.</summary>
    string? Unavailable { get; }

    /// <summary>Makes the file system ready.</summary>
    /// <returns>A directory on it that every user can reach.</returns>
    ValueTask<string> PrepareAsync();
}
