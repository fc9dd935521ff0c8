using System.Text.Json.Serialization;
using FsxFuse.Control.Documents;

namespace FsxFuse.Control;

/// <summary>The control API's JSON: camelCase names, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(TaskDocument))]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(TaskListDocument))]
[JsonSerializable(typeof(LinkDocument))]
[JsonSerializable(typeof(LinkRequest))]
[JsonSerializable(typeof(LinkUpdateRequest))]
[JsonSerializable(typeof(LinkListDocument))]
[JsonSerializable(typeof(FlushDocument))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(StopDocument))]
[JsonSerializable(typeof(CountersDocument))]
[JsonSerializable(typeof(LogLevelDocument))]
[JsonSerializable(typeof(OptionsRequest))]
[JsonSerializable(typeof(OptionsDocument))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ControlJson : JsonSerializerContext;
