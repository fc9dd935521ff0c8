namespace FsxFuse.Posix.Cases.Running;

/// <summary>How one case came out.</summary>
internal enum CaseVerdict
{
    Passed,
    Failed,
    Skipped,

    /// <summary>Never came back within the time limit; its thread is left behind.</summary>
    Hung,
}
