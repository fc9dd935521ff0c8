using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>Serializers made at build time.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(LocalRecord))]
[JsonSerializable(typeof(LocalUpload))]
internal sealed partial class LocalJson : JsonSerializerContext;
