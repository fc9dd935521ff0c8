using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>What is remembered of an upload in parts.</summary>
internal sealed record LocalUpload
{
    [JsonPropertyName("key")]
    public required string Key { get; init; }

    [JsonPropertyName("initiated")]
    public DateTimeOffset Initiated { get; init; }

    [JsonPropertyName("record")]
    public required LocalRecord Record { get; init; }
}
