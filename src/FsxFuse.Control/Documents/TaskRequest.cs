using System.Text.Json.Serialization;

namespace FsxFuse.Control.Documents;

/// <summary>The body of <c>POST /v1/tasks</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaskRequest
{
    /// <summary><c>import</c>, <c>export</c>, <c>preload</c> or <c>release</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Paths in the file system, or (import) <c>s3://</c> prefixes of a link; none = everything.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Where to write the list of failures, inside a linked repository; null = no report.</summary>
    public string? Report { get; init; }

    /// <summary>Release only: files not used for at least so many days.</summary>
    public long OlderThanDays { get; init; }
}
