using System.Text.Json.Serialization;

namespace FsxFuse.Control.Documents;

/// <summary>The body of <c>PUT /v1/links/ID</c>; what is null or not named stays as it is.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LinkUpdateRequest
{
    /// <summary>Which changes there are followed: of NEW, CHANGED and DELETED, or none.</summary>
    public string? ImportPolicy { get; init; }

    /// <summary>Which changes here are exported.</summary>
    public string? ExportPolicy { get; init; }

    /// <summary>What happens when both sides changed: keep-both, fs-wins or s3-wins.</summary>
    public string? Conflict { get; init; }

    /// <summary>Options of the link by mount-option name.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
