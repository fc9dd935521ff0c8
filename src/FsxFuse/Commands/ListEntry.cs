namespace FsxFuse.Commands;

/// <summary>A line of <c>fsxfuse list</c>.</summary>
internal sealed record ListEntry
{
    /// <summary>The file system's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary><c>mounted</c>, <c>unmounted</c>, <c>dead</c> (its daemon was killed) or <c>unreadable</c> (damaged, or of a newer version).</summary>
    public required string State { get; init; }

    /// <summary>Where it is mounted.</summary>
    public string? Mountpoint { get; init; }

    /// <summary>The repository at its root.</summary>
    public string? Source { get; init; }

    /// <summary>The daemon.</summary>
    public int? Pid { get; init; }
}
