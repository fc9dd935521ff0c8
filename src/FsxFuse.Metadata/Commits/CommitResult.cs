namespace FsxFuse.Metadata;

/// <summary>What became of a commit.</summary>
/// <param name="FailedGuard">The first condition that did not hold; null when the batch was committed.</param>
public readonly record struct CommitResult(Guard? FailedGuard)
{
    /// <summary>True when every change was made.</summary>
    public bool Committed => FailedGuard is null;
}
