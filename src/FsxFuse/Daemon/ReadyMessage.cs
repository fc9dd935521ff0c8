namespace FsxFuse.Daemon;

/// <summary>A line a starting daemon writes to the process that waits for it. Neither ready nor an error: the start goes on.</summary>
internal sealed record ReadyMessage
{
    /// <summary>The file system can be used.</summary>
    public bool Ready { get; init; }

    /// <summary>The file system's name.</summary>
    public string? Name { get; init; }

    /// <summary>Where it is mounted.</summary>
    public string? Mountpoint { get; init; }

    /// <summary>What the user should know although it worked.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Why it did not work.</summary>
    public string? Error { get; init; }

    /// <summary>The exit code when it did not work.</summary>
    public int ExitCode { get; init; }
}
