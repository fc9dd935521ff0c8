using System.Text.Json.Serialization;

namespace FsxFuse.Daemon;

/// <summary>JSON of the line that a starting daemon writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReadyMessage))]
internal sealed partial class ReadyJson : JsonSerializerContext;
