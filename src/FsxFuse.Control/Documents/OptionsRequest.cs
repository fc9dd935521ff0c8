using System.Text.Json.Serialization;

namespace FsxFuse.Control.Documents;

/// <summary>The body of <c>POST /v1/options</c>: options to change while the file system is mounted.</summary>
/// <param name="Options">Mount-option names and values in their normal form.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OptionsRequest(IReadOnlyDictionary<string, string> Options);
