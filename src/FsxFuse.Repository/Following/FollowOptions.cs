namespace FsxFuse.Repository.Following;

/// <summary>How changes in the repositories are followed.</summary>
public sealed record FollowOptions
{
    /// <summary>Most listing requests a second, over all links; above 0.</summary>
    public double ListingsPerSecond { get; init; } = 10;

    /// <summary>Most keys that are looked at at a time.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>Most keys that wait. One more is not taken: a reconciliation of its link takes its place.</summary>
    public int QueueLimit { get; init; } = 100_000;

    /// <summary>Wait after the first failure; it doubles with each further one.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two tries.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromMinutes(1);
}
