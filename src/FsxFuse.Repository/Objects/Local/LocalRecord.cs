using System.Text.Json.Serialization;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>What is remembered of an object beside its bytes, as JSON in an extended attribute or a sidecar file.</summary>
internal sealed record LocalRecord
{
    /// <summary>The state of the file for which this record holds; when another program has changed the file, the record is void.</summary>
    [JsonPropertyName("print")]
    public string? Fingerprint { get; init; }

    /// <summary>MD5 of the bytes (or S3's form for uploads in parts), null when not known.</summary>
    [JsonPropertyName("etag")]
    public string? ETag { get; init; }

    [JsonPropertyName("meta")]
    public Dictionary<string, string>? Metadata { get; init; }

    [JsonPropertyName("headers")]
    public ObjectHeaders? Headers { get; init; }

    [JsonPropertyName("tags")]
    public Dictionary<string, string>? Tags { get; init; }

    [JsonPropertyName("class")]
    public string? StorageClass { get; init; }

    /// <summary>On a directory: it exists only because objects lie beneath it, so it is no object itself.</summary>
    [JsonPropertyName("implicit")]
    public bool Implicit { get; init; }

    /// <summary>In a sidecar: the record of the object that this one is about to replace.</summary>
    [JsonPropertyName("before")]
    public LocalRecord? Before { get; init; }

    public static LocalRecord From(PutOptions options, string? etag) => new()
    {
        ETag = etag,
        Metadata = options.Metadata.Count == 0 ? null : new Dictionary<string, string>(options.Metadata, StringComparer.Ordinal),
        Headers = options.Headers == ObjectHeaders.None ? null : options.Headers,
        Tags = options.Tags is null || options.Tags.Count == 0 ? null : new Dictionary<string, string>(options.Tags, StringComparer.Ordinal),
        StorageClass = options.StorageClass,
    };

    /// <summary>What the record says as options of a write.</summary>
    public PutOptions ToOptions() => new()
    {
        Metadata = Metadata ?? ObjectInfo.EmptyMetadata,
        Headers = Headers ?? ObjectHeaders.None,
        Tags = Tags,
        StorageClass = StorageClass,
    };
}
