using System.Text.Json.Serialization;

namespace FsxFuse.Control.Documents;

/// <summary>The body and the answer of <c>PUT /v1/log-level</c>.</summary>
/// <param name="Level">trace, debug, information, warning, error or critical.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LogLevelDocument(string Level);
