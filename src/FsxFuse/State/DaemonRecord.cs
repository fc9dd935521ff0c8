namespace FsxFuse.State;

/// <summary>What a daemon writes beside its lock file: true while the lock is held, and a trace of a killed daemon afterwards.</summary>
internal sealed record DaemonRecord
{
    /// <summary>The daemon's process id.</summary>
    public required int Pid { get; init; }

    /// <summary>Where it mounts.</summary>
    public required string Mountpoint { get; init; }

    /// <summary>What was mounted, as given.</summary>
    public required string Source { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}
