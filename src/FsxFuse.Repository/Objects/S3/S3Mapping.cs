using System.Globalization;
using Amazon.S3.Model;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>Between the SDK's messages and the port's.</summary>
internal static class S3Mapping
{
    private const string MetadataPrefix = "x-amz-meta-";

    public static ObjectInfo ToInfo(string key, GetObjectMetadataResponse r) => new()
    {
        Key = key,
        Size = r.ContentLength,
        ETag = ETagStyles.Plain(r.ETag),
        VersionId = NullIfEmpty(r.VersionId),
        LastModified = ToTime(r.LastModified),
        StorageClass = NullIfEmpty(r.StorageClass?.Value) ?? ObjectStorageClasses.Standard,
        Restore = ToRestore(r.StorageClass?.Value, r.ArchiveStatus is not null, r.RestoreInProgress, r.RestoreExpiration),
        RestoreExpiry = r.RestoreExpiration is { } expiry ? ToTime(expiry) : null,
        Headers = ToHeaders(r.Headers, r.ContentLanguage, r.ExpiresString),
        Metadata = ToMetadata(r.Metadata),
        TagCount = r.TagsCount,
    };

    /// <param name="key">The key.</param>
    /// <param name="r">The answer to a GET.</param>
    /// <param name="size">Length of the whole object.</param>
    public static ObjectInfo ToInfo(string key, GetObjectResponse r, long size) => new()
    {
        Key = key,
        Size = size,
        ETag = ETagStyles.Plain(r.ETag),
        VersionId = NullIfEmpty(r.VersionId),
        LastModified = ToTime(r.LastModified),
        StorageClass = NullIfEmpty(r.StorageClass?.Value) ?? ObjectStorageClasses.Standard,
        Restore = ToRestore(r.StorageClass?.Value, false, r.RestoreInProgress, r.RestoreExpiration),
        RestoreExpiry = r.RestoreExpiration is { } expiry ? ToTime(expiry) : null,
        Headers = ToHeaders(r.Headers, r.ContentLanguage, r.ExpiresString),
        Metadata = ToMetadata(r.Metadata),
        TagCount = r.TagCount,
    };

    public static ObjectEntry ToEntry(S3Object o, bool encoded) => new(
        encoded ? DecodeKey(o.Key) : o.Key, o.Size ?? 0, ETagStyles.Plain(o.ETag), ToTime(o.LastModified), NullIfEmpty(o.StorageClass?.Value) ?? ObjectStorageClasses.Standard);

    /// <summary>Undoes <c>encoding-type=url</c>. Amazon writes a space as <c>+</c>, Ceph as <c>%20</c>; both write a plus as <c>%2B</c>.</summary>
    public static string DecodeKey(string encoded) => Uri.UnescapeDataString(encoded.Replace('+', ' '));

    /// <summary>Length of the whole object from <c>Content-Range: bytes 0-9/1234</c>, or null when the answer is not a part.</summary>
    public static long? WholeSize(string? contentRange)
    {
        int slash = contentRange?.LastIndexOf('/') ?? -1;
        return slash >= 0 && long.TryParse(contentRange.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : null;
    }

    public static void Apply(PutOptions options, MetadataCollection metadata, HeadersCollection headers)
    {
        foreach ((string name, string value) in options.Metadata)
            metadata[name] = value;
        ObjectHeaders h = options.Headers;
        if (h.ContentType is not null)
            headers.ContentType = h.ContentType;
        if (h.ContentEncoding is not null)
            headers.ContentEncoding = h.ContentEncoding;
        if (h.ContentDisposition is not null)
            headers.ContentDisposition = h.ContentDisposition;
        if (h.CacheControl is not null)
            headers.CacheControl = h.CacheControl;
        if (h.ContentLanguage is not null)
            headers.ContentLanguage = h.ContentLanguage;
    }

    public static List<Tag>? ToTags(IReadOnlyDictionary<string, string>? tags) =>
        tags is null || tags.Count == 0 ? null : tags.Select(t => new Tag { Key = t.Key, Value = t.Value }).ToList();

    public static Amazon.S3.GlacierJobTier ToTier(string tier) => tier switch
    {
        RestoreOptions.Bulk => Amazon.S3.GlacierJobTier.Bulk,
        RestoreOptions.Expedited => Amazon.S3.GlacierJobTier.Expedited,
        _ => Amazon.S3.GlacierJobTier.Standard,
    };

    public static DateTimeOffset ToTime(DateTime? time) =>
        time is { } t ? new DateTimeOffset(t.Kind == DateTimeKind.Utc ? t : t.ToUniversalTime()) : DateTimeOffset.UnixEpoch;

    private static ObjectHeaders ToHeaders(HeadersCollection h, string? language, string? expires) => new()
    {
        ContentType = NullIfEmpty(h.ContentType),
        ContentEncoding = WithoutAwsChunked(h.ContentEncoding),
        ContentDisposition = NullIfEmpty(h.ContentDisposition),
        CacheControl = NullIfEmpty(h.CacheControl),
        ContentLanguage = NullIfEmpty(language),
        Expires = NullIfEmpty(expires),
    };

    // Some servers store the framing of the upload as if it were an encoding of the object.
    private static string? WithoutAwsChunked(string? encoding)
    {
        if (encoding is null || !encoding.Contains("aws-chunked", StringComparison.OrdinalIgnoreCase))
            return NullIfEmpty(encoding);
        return NullIfEmpty(string.Join(",", encoding.Split(',', StringSplitOptions.TrimEntries).Where(e => !e.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase))));
    }

    private static Dictionary<string, string> ToMetadata(MetadataCollection metadata)
    {
        var result = new Dictionary<string, string>(metadata.Count, StringComparer.Ordinal);
        foreach (string name in metadata.Keys)
        {
            string lower = name.ToLowerInvariant();
            result[lower.StartsWith(MetadataPrefix, StringComparison.Ordinal) ? lower[MetadataPrefix.Length..] : lower] = metadata[name];
        }
        return result;
    }

    private static RestoreState ToRestore(string? storageClass, bool archiveStatus, bool? inProgress, DateTime? expiration)
    {
        if (storageClass is null || !(archiveStatus || ObjectStorageClasses.IsArchive(storageClass)))
            return RestoreState.NotArchived;
        if (inProgress == true)
            return RestoreState.Restoring;
        return expiration is null ? RestoreState.Archived : RestoreState.Restored;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
