namespace FsxFuse.Posix.Cases.Running;

/// <summary>One statement about a file system, which runs in any directory.</summary>
/// <param name="Name">What holds, unique in its area.</param>
/// <param name="Area">The call or topic.</param>
/// <param name="RunsAs">Whose rights it needs.</param>
/// <param name="Run">Returns if the statement holds.</param>
/// <param name="ExpectedDifference">Why a FUSE file system is expected to answer otherwise; null where it must be equal to a local one.</param>
internal sealed record PosixCase(string Name, string Area, RunsAs RunsAs, Action<PosixContext> Run, string? ExpectedDifference)
{
    /// <summary><c>area/name</c>.</summary>
    internal string FullName => $"{Area}/{Name}";

    internal bool Includes(bool root) => RunsAs == RunsAs.Both || RunsAs == (root ? RunsAs.Root : RunsAs.User);
}
