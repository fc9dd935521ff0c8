namespace FsxFuse.Control.Documents;

/// <summary>One mounted file system, as <c>fsxfuse status --json</c> prints it.</summary>
public sealed record StatusDocument
{
    /// <summary>The file system's name.</summary>
    public required string Name { get; init; }

    /// <summary>The file system's id, <c>fs-</c> and 17 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>The daemon's process id; null when there is no daemon.</summary>
    public int? Pid { get; init; }

    /// <summary>Where it is mounted; null when it is not.</summary>
    public string? Mountpoint { get; init; }

    /// <summary>What was mounted: a name or an URL.</summary>
    public string? Source { get; init; }

    /// <summary><c>starting</c>, <c>mounted</c>, <c>stopping</c>; the CLI adds <c>unmounted</c> and <c>dead</c>.</summary>
    public required string State { get; init; }

    /// <summary>The daemon's version.</summary>
    public string? Version { get; init; }

    /// <summary>When the daemon started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Mounted read-only.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether fully cached files are served by the kernel itself.</summary>
    public bool Passthrough { get; init; }

    /// <summary>Files, directories and everything else in the namespace.</summary>
    public long Inodes { get; init; }

    /// <summary>Sum of the sizes of all regular files, bytes.</summary>
    public long LogicalBytes { get; init; }

    /// <summary>Inodes that the kernel, or somebody who has them open, holds in the daemon's memory.</summary>
    public int HeldInodes { get; init; }

    /// <summary>Files and directories open through requests (not counting who maps a closed file).</summary>
    public int OpenHandles { get; init; }

    /// <summary>The local tier.</summary>
    public CacheDocument? Cache { get; init; }

    /// <summary>How far behind the repositories it may be, over all links.</summary>
    public ImportQueueDocument? Imports { get; init; }

    /// <summary>Where the repositories' events are received; null when they are not.</summary>
    public EventEndpointDocument? EventEndpoint { get; init; }

    /// <summary>The export queue.</summary>
    public ExportQueueDocument? Exports { get; init; }

    /// <summary>HSM requests that have not ended.</summary>
    public HsmDocument? Hsm { get; init; }

    /// <summary>What the daemon did since it started.</summary>
    public CountersDocument? Counters { get; init; }

    /// <summary>The linked repositories.</summary>
    public IReadOnlyList<LinkDocument> Links { get; init; } = [];

    /// <summary>What is wrong right now, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The newest events, newest first.</summary>
    public IReadOnlyList<EventDocument> Events { get; init; } = [];
}
