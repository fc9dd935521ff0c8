namespace FsxFuse.State;

/// <summary>What is known of a file system without opening its metadata: config.json (mode 0600).</summary>
internal sealed record FileSystemConfig
{
    /// <summary>The format this program writes and the newest it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Format of the file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The name; equal to the directory's.</summary>
    public required string Name { get; init; }

    /// <summary>Public id, <c>fs-</c> and 17 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The URL linked at its root: mounting this URL mounts this file system. Null when nothing is linked there.</summary>
    public string? Source { get; init; }

    /// <summary>The metadata engine: <c>sqlite</c>.</summary>
    public string Metadata { get; init; } = "sqlite";

    /// <summary>Remembered mount options in their normal form.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it was mounted last: what <c>fsxfuse@NAME.service</c> mounts.</summary>
    public string? Mountpoint { get; init; }
}
