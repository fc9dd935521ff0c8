using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Export;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Attempt))]
internal sealed partial class AttemptJson : JsonSerializerContext;
