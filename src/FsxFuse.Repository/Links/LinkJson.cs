using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Links;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LinkOptions))]
internal sealed partial class LinkJson : JsonSerializerContext;
