using System.Text.Json.Serialization;

namespace FsxFuse.State;

/// <summary>JSON of the state files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FileSystemConfig))]
[JsonSerializable(typeof(DaemonRecord))]
internal sealed partial class StateJson : JsonSerializerContext;
