using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Links;

/// <summary>Who wins when a file and its object both changed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConflictPolicy>))]
public enum ConflictPolicy
{
    /// <summary>Both stay: the object keeps the name, the local version gets <c>NAME.conflict-HOST-TIME</c>.</summary>
    [JsonStringEnumMemberName("keep-both")]
    KeepBoth,

    /// <summary>The local version replaces the object.</summary>
    [JsonStringEnumMemberName("fs-wins")]
    FileSystemWins,

    /// <summary>The object replaces the local version.</summary>
    [JsonStringEnumMemberName("s3-wins")]
    RepositoryWins,
}
