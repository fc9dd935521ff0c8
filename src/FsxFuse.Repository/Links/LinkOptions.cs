using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Links;

/// <summary>
/// How a link behaves and how its repository is reached; stored as JSON in <see cref="Metadata.LinkRow.Options"/>. Names that an older
/// or newer version wrote and this one does not know are ignored.
/// </summary>
public sealed record LinkOptions
{
    /// <summary>Changes in the repository that are brought into the file system by themselves.</summary>
    [JsonConverter(typeof(RepositoryEventsConverter))]
    public RepositoryEvents ImportPolicy { get; init; } = RepositoryEvents.All;

    /// <summary>Seconds from the end of one reconciliation with the repository to the next; 0: only when something asks for one.</summary>
    public long ImportInterval { get; init; } = 300;

    /// <summary>Changes in the file system that are written to the repository by themselves.</summary>
    [JsonConverter(typeof(RepositoryEventsConverter))]
    public RepositoryEvents ExportPolicy { get; init; } = RepositoryEvents.All;

    /// <summary>Whether anything is exported by itself.</summary>
    [JsonIgnore]
    public bool AutoExport => ExportPolicy != RepositoryEvents.None;

    /// <summary>
    /// Whether mode, owner and times are kept as user metadata on the objects. Without, every file has the defaults below, no HEAD is ever
    /// made for attributes, and symbolic links are not recognised.
    /// </summary>
    public bool PosixMetadata { get; init; } = true;

    /// <summary>Owner of what has no metadata of its own; null: the user who mounts.</summary>
    public uint? DefaultUid { get; init; }

    /// <summary>Group of what has no metadata of its own; null: the group of the user who mounts.</summary>
    public uint? DefaultGid { get; init; }

    /// <summary>Permission bits of files without metadata.</summary>
    public uint DefaultFileMode { get; init; } = 0b110_100_100;

    /// <summary>Permission bits of directories without metadata.</summary>
    public uint DefaultDirectoryMode { get; init; } = 0b111_101_101;

    /// <summary>What happens when both sides changed.</summary>
    public ConflictPolicy Conflict { get; init; }

    /// <summary>Storage class of what is exported; null: the bucket's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>How fast objects in an archive class are asked back: <c>standard</c>, <c>bulk</c> or <c>expedited</c>.</summary>
    public string RestoreTier { get; init; } = RestoreOptions.Standard;

    /// <summary>How long S3 keeps the readable copy of an object in an archive class, days.</summary>
    public int RestoreDays { get; init; } = 7;

    /// <summary>Server-side encryption of what is exported (<c>AES256</c>, <c>aws:kms</c>, <c>aws:kms:dsse</c>); null: the bucket's default.</summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary>KMS key for <see cref="ServerSideEncryption"/>; null: the account's default key.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>ImportedFileChunkSize of the FSx API, MiB, 1–512,000: kept and shown; content is loaded in blocks of the cache's own size.</summary>
    public int ImportedFileChunkSize { get; init; } = 1024;

    /// <summary>BatchImportMetaDataOnCreate of the FSx API: the whole prefix is imported when the link is made.</summary>
    public bool BatchImportOnCreate { get; init; }

    /// <summary>The server, such as <c>https://s3.example.org</c>; null for Amazon S3.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The bucket's region; null to find it.</summary>
    public string? Region { get; init; }

    /// <summary>A profile of the AWS configuration files.</summary>
    public string? Profile { get; init; }

    /// <summary>A file with credentials, readable by its owner only; null for the AWS chain.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>Unsigned requests, for public buckets.</summary>
    public bool Anonymous { get; init; }

    /// <summary>The bucket in the path instead of the host name; null for the default: yes on custom endpoints.</summary>
    public bool? PathStyle { get; init; }

    /// <summary>How uploads prove their integrity: <c>auto</c>, <c>required</c> or <c>supported</c>.</summary>
    public string Checksums { get; init; } = "auto";

    /// <summary>A PEM file of certificate authorities to trust instead of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>What becomes of the local data of a link that is being removed, once that is decided; null before.</summary>
    public LinkRemovalMode? Removal { get; init; }

    /// <summary>Tags of the association (FSx: at most 50).</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>ClientRequestToken of the FSx API the link was made with.</summary>
    public string? ClientRequestToken { get; init; }

    /// <summary>The options as stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, LinkJson.Default.LinkOptions);

    /// <summary>Reads stored options; what they do not name has its default.</summary>
    /// <exception cref="JsonException">The text is not what <see cref="ToJson"/> writes.</exception>
    public static LinkOptions FromJson(string json)
    {
        // Generated code sets init-only properties that the text does not name to zero, so the defaults are put under it first.
        JsonObject all = JsonSerializer.SerializeToNode(new LinkOptions(), LinkJson.Default.LinkOptions)!.AsObject();
        JsonObject stored = JsonNode.Parse(json) as JsonObject ?? throw new JsonException("A link's options are a JSON object.");
        foreach ((string name, JsonNode? value) in stored)
            all[name] = value?.DeepClone();
        return all.Deserialize(LinkJson.Default.LinkOptions)!;
    }

    /// <summary>Whether both reach the same repository in the same way, so that an open connection can go on serving.</summary>
    public bool ConnectsLike(LinkOptions other) =>
        Endpoint == other.Endpoint && Region == other.Region && Profile == other.Profile && CredentialsFile == other.CredentialsFile
        && Anonymous == other.Anonymous && PathStyle == other.PathStyle && Checksums == other.Checksums && CaFile == other.CaFile
        && ServerSideEncryption == other.ServerSideEncryption && KmsKeyId == other.KmsKeyId;
}
