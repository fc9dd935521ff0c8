namespace FsxFuse.Repository.Hsm;

/// <summary>How HSM requests are worked on.</summary>
public sealed record HsmOptions
{
    /// <summary>Requests at work at a time, 1 or more.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>How long a request waits for its first word (done, failed, in an archive class), so that short ones are told at once.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time until the next try of what failed and may pass; doubled each time, up to a minute.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Tries before a failure that may pass counts as lasting.</summary>
    public int Tries { get; init; } = 10;

    /// <summary>Time until S3 is asked whether it has restored an object; half as much longer each time.</summary>
    public TimeSpan ArchivePollFirst { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest such time.</summary>
    public TimeSpan ArchivePollMax { get; init; } = TimeSpan.FromMinutes(15);
}
