using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Tasks;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(TaskProgress))]
internal sealed partial class TaskJson : JsonSerializerContext;
