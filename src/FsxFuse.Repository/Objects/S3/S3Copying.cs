using Amazon.S3;
using Amazon.S3.Model;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>Copies on the server: in one request up to its limit, in parts above.</summary>
internal sealed class S3Copying(S3ObjectStore store, S3Client client, S3Options options, ETagStyles styles)
{
    private const int ParallelParts = 8;

    public async Task<PutResult> CopyAsync(CopyRequest request, CancellationToken cancellationToken)
    {
        ObjectInfo? source = null;
        string? storageClass = request.Replacement?.StorageClass ?? request.StorageClass;
        long size = request.SourceSize ?? 0;
        if (request.SourceSize is null || request.SourceSize > options.Limits.MaxPutSize)
        {
            source = await store.HeadAsync(request.Source.Key, request.Source.VersionId, cancellationToken).ConfigureAwait(false)
                ?? throw new ObjectStoreException(ObjectStoreErrorKind.NotFound, $"Copying {store.Location}/{request.Source.Key}: there is no such object.");
            if (request.Source.ETag is not null && request.Source.ETag != source.ETag)
                throw new ObjectStoreException(ObjectStoreErrorKind.PreconditionFailed, $"Copying {store.Location}/{request.Source.Key}: the object has changed.");
            size = source.Size;
            // S3 gives a copy the default class, whatever the source has.
            if (request.Replacement is null && storageClass is null && source.StorageClass != ObjectStorageClasses.Standard)
                storageClass = source.StorageClass;
        }
        return size > options.Limits.MaxPutSize
            ? await CopyInPartsAsync(request, source!, storageClass, cancellationToken).ConfigureAwait(false)
            : await CopyAtOnceAsync(request, storageClass, cancellationToken).ConfigureAwait(false);
    }

    public async Task<UploadedPart> CopyPartAsync(
        MultipartUpload upload, int partNumber, CopySource source, ByteRange range, CancellationToken cancellationToken)
    {
        if (range.Length is not > 0)
            throw new ArgumentException("A part to copy must be named by offset and length, and hold at least one byte.", nameof(range));
        async Task<CopyPartResponse> SendAsync(string? etag)
        {
            var message = new CopyPartRequest
            {
                SourceBucket = options.Bucket,
                SourceKey = source.Key,
                SourceVersionId = source.VersionId,
                DestinationBucket = options.Bucket,
                DestinationKey = upload.Key,
                UploadId = upload.UploadId,
                PartNumber = partNumber,
                FirstByte = range.Offset,
                LastByte = range.Offset + range.Length.Value - 1,
                ETagToMatch = etag is null ? null : [etag],
            };
            return await client.SendAsync("Copying a part to", upload.Key, s3 => s3.CopyPartAsync(message, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        CopyPartResponse response = source.ETag is null
            ? await SendAsync(null).ConfigureAwait(false)
            : await styles.SendAsync(write: false, source.ETag, SendAsync, () => store.HasETagAsync(source.Key, source.ETag, cancellationToken)).ConfigureAwait(false);
        return new UploadedPart(partNumber, ETagStyles.Plain(response.ETag), range.Length.Value, response.ChecksumCRC32);
    }

    private async Task<PutResult> CopyAtOnceAsync(CopyRequest request, string? storageClass, CancellationToken cancellationToken)
    {
        async Task<PutResult> SendAsync(string? sourceETag, string? destinationETag)
        {
            var message = new CopyObjectRequest
            {
                SourceBucket = options.Bucket,
                SourceKey = request.Source.Key,
                SourceVersionId = request.Source.VersionId,
                DestinationBucket = options.Bucket,
                DestinationKey = request.DestinationKey,
                ETagToMatch = sourceETag,
                IfMatch = destinationETag,
                IfNoneMatch = request.Condition.IfAbsent ? "*" : null,
                StorageClass = storageClass is null ? null : new S3StorageClass(storageClass),
            };
            if (request.Replacement is { } replacement)
            {
                message.MetadataDirective = S3MetadataDirective.REPLACE;
                S3Mapping.Apply(replacement, message.Metadata, message.Headers);
                message.ContentType = replacement.Headers.ContentType;
                message.Expires = replacement.Headers.Expires;
                if (replacement.Tags is not null)
                {
                    message.TaggingDirective = TaggingDirective.REPLACE;
                    message.TagSet = S3Mapping.ToTags(replacement.Tags) ?? [];
                }
            }
            CopyObjectResponse response = await client
                .SendAsync("Copying to", request.DestinationKey, s3 => s3.CopyObjectAsync(message, cancellationToken), cancellationToken).ConfigureAwait(false);
            return await store.ToResultAsync(request.DestinationKey, response.ETag, response.VersionId, cancellationToken).ConfigureAwait(false);
        }
        string? source = request.Source.ETag, destination = request.Condition.IfMatch;
        if (source is null && destination is null)
            return await SendAsync(null, null).ConfigureAwait(false);
        // Both ETags travel in the same form; which of the two failed is found by looking at both.
        return await styles.SendAsync(
            write: destination is not null,
            source ?? destination!,
            form => SendAsync(source is null ? null : Form(source, form), destination is null ? null : Form(destination, form)),
            async () => (source is null || await store.HasETagAsync(request.Source.Key, source, cancellationToken).ConfigureAwait(false))
                && (destination is null || await store.HasETagAsync(request.DestinationKey, destination, cancellationToken).ConfigureAwait(false)))
            .ConfigureAwait(false);
    }

    private static string Form(string etag, string example) => example.StartsWith('"') ? $"\"{etag}\"" : etag;

    private async Task<PutResult> CopyInPartsAsync(CopyRequest request, ObjectInfo source, string? storageClass, CancellationToken cancellationToken)
    {
        PutOptions put = request.Replacement ?? new PutOptions { Metadata = source.Metadata, Headers = source.Headers };
        put = put with { StorageClass = storageClass };
        // A copy in one request keeps tags unless told otherwise; one in parts must be told them.
        if (put.Tags is null && source.TagCount is not 0)
            put = put with { Tags = await store.GetTagsAsync(source.Key, cancellationToken).ConfigureAwait(false) };
        CopySource version = request.Source with { ETag = source.ETag };
        MultipartUpload upload = await store.CreateMultipartAsync(request.DestinationKey, put, cancellationToken).ConfigureAwait(false);
        try
        {
            long partSize = Math.Max(options.CopyPartSize, (source.Size + options.Limits.MaxParts - 1) / options.Limits.MaxParts);
            var parts = new UploadedPart[(source.Size + partSize - 1) / partSize];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelParts, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, parts.Length, parallel, async (i, token) =>
            {
                long offset = i * partSize;
                var range = new ByteRange(offset, Math.Min(partSize, source.Size - offset));
                parts[i] = await CopyPartAsync(upload, i + 1, version, range, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
            PutResult result = await store.CompleteMultipartAsync(upload, parts, request.Condition, cancellationToken).ConfigureAwait(false);
            if (put.Tags is { Count: > 0 } tags)
                await EnsureTagsAsync(request.DestinationKey, tags, cancellationToken).ConfigureAwait(false);
            return result;
        }
        catch
        {
            await store.AbandonAsync(upload).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ceph RGW 16 forgets the tags that an upload in parts was started with.</summary>
    private async Task EnsureTagsAsync(string key, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        if ((await store.GetTagsAsync(key, cancellationToken).ConfigureAwait(false)).Count > 0)
            return;
        var message = new PutObjectTaggingRequest { BucketName = options.Bucket, Key = key, Tagging = new Tagging { TagSet = S3Mapping.ToTags(tags) } };
        await client.SendAsync("Tagging", key, s3 => s3.PutObjectTaggingAsync(message, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
