using System.Text.Json.Serialization;

namespace FsxFuse.Control.Documents;

/// <summary>The body of <c>POST /v1/options</c>: the options of a remount.</summary>
/// <param name="Options">
/// Mount-option names and values in their normal form. Those that are remembered with the file system change if they are given; how access
/// times move is as given here, or relatime.
/// </param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OptionsRequest(IReadOnlyDictionary<string, string> Options);
