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

    /// <summary>Which changes there are followed: of NEW, CHANGED and DELETED; null: as the options say, else all.</summary>
    public string? ImportPolicy { get; init; }

    /// <summary>Which changes here are exported; null: as the options say, else all.</summary>
    public string? ExportPolicy { get; init; }

    /// <summary>What happens when both sides changed: keep-both (the default), fs-wins or s3-wins.</summary>
    public string? Conflict { get; init; }

    /// <summary>Imports the metadata of everything there at once (BatchImportMetaDataOnCreate), by a task.</summary>
    public bool Import { get; init; }

    /// <summary>Options of the link by mount-option name (endpoint, region, profile …).</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
