using System.Text.Json.Serialization;

namespace FsxFuse.Control.Documents;

/// <summary>The body of <c>POST /v1/links</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LinkRequest
{
    /// <summary>The repository: <c>s3://bucket/prefix</c> or <c>file:///dir</c>.</summary>
    public required string Url { get; init; }

    /// <summary>The directory to link, a path in the file system starting with '/'.</summary>
    public required string Path { get; init; }

    /// <summary>Options of the link by mount-option name (endpoint, region, profile …).</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
