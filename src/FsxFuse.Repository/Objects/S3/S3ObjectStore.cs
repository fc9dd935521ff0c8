using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>A bucket of Amazon S3 or of a server that speaks its protocol.</summary>
/// <remarks>
/// A write whose reply is lost is sent again by the retries underneath; a conditional one may then find its own work and report
/// <see cref="ObjectStoreErrorKind.PreconditionFailed"/>. Whoever writes conditionally looks at what is there before believing it.
/// </remarks>
public sealed class S3ObjectStore : IObjectStore
{
    // How long the word of an answer that the bucket exists is taken for granted when a HEAD says 404.
    private static readonly TimeSpan BucketProofLifetime = TimeSpan.FromSeconds(10);

    private readonly S3Options _options;
    private readonly S3Endpoint _endpoint;
    private readonly AWSCredentials? _credentials;
    private readonly TimeProvider _time;
    private readonly S3Client _client;
    private readonly S3Bodies _bodies;
    private readonly S3Listing _listing;
    private readonly S3Copying _copying;
    private readonly S3Deletion _deletion;
    private readonly ETagStyles _styles = new();
    private long _bucketSeenAt = long.MinValue;

    /// <summary>Prepares a store; sends nothing yet.</summary>
    /// <param name="options">How to reach the bucket.</param>
    /// <param name="time">The clock, for timeouts.</param>
    /// <exception cref="ObjectStoreException">BadConfiguration or NoCredentials, when a file or profile named in the options is of no use.</exception>
    public S3ObjectStore(S3Options options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time ?? TimeProvider.System;
        _endpoint = S3Endpoint.Resolve(options, Environment.GetEnvironmentVariable);
        _credentials = S3Credentials.Resolve(options);
        _client = new S3Client(options, _endpoint, _credentials, _time);
        _bodies = new S3Bodies(_endpoint, options.Anonymous);
        _listing = new S3Listing(_client, options.Bucket);
        _copying = new S3Copying(this, _client, options, _styles);
        _deletion = new S3Deletion(_client, options.Bucket, (key, token) => DeleteAsync(key, null, token));
    }

    /// <inheritdoc/>
    public string Location => $"s3://{_options.Bucket}";

    /// <inheritdoc/>
    public ObjectStoreLimits Limits => _options.Limits;

    /// <inheritdoc/>
    public async Task<ListPage> ListAsync(ListRequest request, CancellationToken cancellationToken = default)
    {
        ListPage page = await _listing.ListAsync(request, cancellationToken).ConfigureAwait(false);
        BucketSeen();
        return page;
    }

    /// <inheritdoc/>
    public async Task<ObjectInfo?> HeadAsync(string key, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        var request = new GetObjectMetadataRequest { BucketName = _options.Bucket, Key = key, VersionId = versionId };
        try
        {
            GetObjectMetadataResponse response = await _client
                .SendAsync("Looking at", key, s3 => s3.GetObjectMetadataAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            BucketSeen();
            return S3Mapping.ToInfo(key, response);
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.NotFound)
        {
            await ConfirmBucketAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ObjectBody> GetAsync(
        string key, ByteRange range, string? ifMatch = null, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        if (range.Length == 0)
            return await NoBytesAsync(key, range.Offset, ifMatch, versionId, cancellationToken).ConfigureAwait(false);
        try
        {
            return ifMatch is null
                ? await OpenAsync(key, range, null, versionId, cancellationToken).ConfigureAwait(false)
                : await _styles.SendAsync(
                    write: false,
                    ifMatch,
                    form => OpenAsync(key, range, form, versionId, cancellationToken),
                    () => HasETagAsync(key, ifMatch, cancellationToken, versionId)).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.RangeNotSatisfiable && range.Offset == 0)
        {
            // No range of an empty object can be satisfied, in the eyes of the protocol.
            return await NoBytesAsync(key, 0, ifMatch, versionId, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> GetTagsAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        var request = new GetObjectTaggingRequest { BucketName = _options.Bucket, Key = key };
        try
        {
            GetObjectTaggingResponse response = await _client
                .SendAsync("Reading the tags of", key, s3 => s3.GetObjectTaggingAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            return (response.Tagging ?? []).ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.NotSupported || e.ErrorCode is "NoSuchTagSet" or "NoSuchTagSetError")
        {
            return ObjectInfo.EmptyMetadata;
        }
    }

    /// <inheritdoc/>
    public async Task<PutResult> PutAsync(string key, BodySource body, PutOptions options, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        if (body.Length > Limits.MaxPutSize)
            throw new ObjectStoreException(ObjectStoreErrorKind.TooLarge, $"'{key}' has {body.Length} bytes; one PUT takes at most {Limits.MaxPutSize}.");
        async Task<PutResult> SendAsync(string? ifMatch)
        {
            var request = new PutObjectRequest
            {
                BucketName = _options.Bucket,
                Key = key,
                StorageClass = options.StorageClass is null ? null : new S3StorageClass(options.StorageClass),
                TagSet = S3Mapping.ToTags(options.Tags),
                Expires = options.Headers.Expires,
                IfMatch = ifMatch,
                IfNoneMatch = options.Condition.IfAbsent ? "*" : null,
            };
            S3Mapping.Apply(options, request.Metadata, request.Headers);
            if (options.Headers.ContentType is null)
                request.ContentType = "binary/octet-stream";
            PutObjectResponse response = await _client.SendAsync(
                "Writing",
                key,
                async s3 =>
                {
                    _bodies.Apply(request, body, options.ContentMd5);
                    await using (request.InputStream.ConfigureAwait(false))
                        return await s3.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            return await ToResultAsync(key, response.ETag, response.VersionId, cancellationToken).ConfigureAwait(false);
        }
        return await ConditionallyAsync(key, options.Condition, SendAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<MultipartUpload> CreateMultipartAsync(string key, PutOptions options, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = _options.Bucket,
            Key = key,
            StorageClass = options.StorageClass is null ? null : new S3StorageClass(options.StorageClass),
            TagSet = S3Mapping.ToTags(options.Tags),
            Expires = options.Headers.Expires,
        };
        if (_endpoint.TrailingChecksums)
            request.ChecksumAlgorithm = ChecksumAlgorithm.CRC32;
        S3Mapping.Apply(options, request.Metadata, request.Headers);
        request.ContentType = options.Headers.ContentType ?? "binary/octet-stream";
        InitiateMultipartUploadResponse response = await _client
            .SendAsync("Starting an upload to", key, s3 => s3.InitiateMultipartUploadAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new MultipartUpload(key, response.UploadId);
    }

    /// <inheritdoc/>
    public async Task<UploadedPart> UploadPartAsync(MultipartUpload upload, int partNumber, BodySource body, CancellationToken cancellationToken = default)
    {
        var request = new UploadPartRequest { BucketName = _options.Bucket, Key = upload.Key, UploadId = upload.UploadId, PartNumber = partNumber };
        UploadPartResponse response = await _client.SendAsync(
            "Uploading a part of",
            upload.Key,
            async s3 =>
            {
                _bodies.Apply(request, body);
                await using (request.InputStream.ConfigureAwait(false))
                    return await s3.UploadPartAsync(request, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return new UploadedPart(partNumber, ETagStyles.Plain(response.ETag), body.Length, response.ChecksumCRC32);
    }

    /// <inheritdoc/>
    public Task<UploadedPart> CopyPartAsync(
        MultipartUpload upload, int partNumber, CopySource source, ByteRange range, CancellationToken cancellationToken = default) =>
        _copying.CopyPartAsync(upload, partNumber, source, range, cancellationToken);

    /// <inheritdoc/>
    public async Task<PutResult> CompleteMultipartAsync(
        MultipartUpload upload, IReadOnlyList<UploadedPart> parts, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        async Task<PutResult> SendAsync(string? ifMatch)
        {
            var request = new CompleteMultipartUploadRequest
            {
                BucketName = _options.Bucket,
                Key = upload.Key,
                UploadId = upload.UploadId,
                PartETags = parts.OrderBy(p => p.PartNumber).Select(p => new PartETag(p.PartNumber, p.ETag) { ChecksumCRC32 = p.Checksum }).ToList(),
                IfMatch = ifMatch,
                IfNoneMatch = condition.IfAbsent ? "*" : null,
            };
            CompleteMultipartUploadResponse response = await _client
                .SendAsync("Completing", upload.Key, s3 => s3.CompleteMultipartUploadAsync(request, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            return await ToResultAsync(upload.Key, response.ETag, response.VersionId, cancellationToken).ConfigureAwait(false);
        }
        return await ConditionallyAsync(upload.Key, condition, SendAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task AbortMultipartAsync(MultipartUpload upload, CancellationToken cancellationToken = default)
    {
        var request = new AbortMultipartUploadRequest { BucketName = _options.Bucket, Key = upload.Key, UploadId = upload.UploadId };
        try
        {
            await _client.SendAsync("Aborting an upload to", upload.Key, s3 => s3.AbortMultipartUploadAsync(request, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.Kind is ObjectStoreErrorKind.NoSuchUpload or ObjectStoreErrorKind.NotFound)
        {
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<MultipartUpload> ListMultipartUploadsAsync(string prefix, CancellationToken cancellationToken = default) =>
        _listing.UploadsAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public Task<PutResult> CopyAsync(CopyRequest request, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(request.Source.Key);
        ObjectKey.Validate(request.DestinationKey);
        return _copying.CopyAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<RestoreState> RestoreAsync(string key, RestoreOptions options, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        var request = new RestoreObjectRequest { BucketName = _options.Bucket, Key = key, VersionId = versionId, Days = options.Days, RetrievalTier = S3Mapping.ToTier(options.Tier) };
        try
        {
            RestoreObjectResponse response = await _client
                .SendAsync("Restoring", key, s3 => s3.RestoreObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            // 202: taken up; 200: there is a copy already, which is now kept longer.
            return response.HttpStatusCode == System.Net.HttpStatusCode.OK ? RestoreState.Restored : RestoreState.Restoring;
        }
        catch (ObjectStoreException e) when (e.ErrorCode == "RestoreAlreadyInProgress")
        {
            return RestoreState.Restoring;
        }
        catch (ObjectStoreException e) when (e.ErrorCode == "InvalidObjectState")
        {
            // Said of this request, it means that the object's class needs no restoring.
            return RestoreState.NotArchived;
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        Task<DeleteObjectResponse> SendAsync(string? etag)
        {
            var request = new DeleteObjectRequest { BucketName = _options.Bucket, Key = key, IfMatch = etag };
            return _client.SendAsync("Deleting", key, s3 => s3.DeleteObjectAsync(request, cancellationToken), cancellationToken);
        }
        try
        {
            WriteCondition condition = ifMatch is null ? WriteCondition.None : WriteCondition.Matches(ifMatch);
            await ConditionallyAsync(key, condition, SendAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.NotFound && ifMatch is null)
        {
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeleteResult>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken = default)
    {
        foreach (string key in keys)
            ObjectKey.Validate(key);
        return _deletion.DeleteAsync(keys, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CheckAccessAsync(string prefix = "", CancellationToken cancellationToken = default)
    {
        // Short limits and one retry: whoever waits for this sits at a terminal, or at a boot that wants to go on.
        S3Options quick = _options with
        {
            ConnectTimeout = TimeSpan.FromSeconds(3),
            ResponseTimeout = TimeSpan.FromSeconds(5),
            StallTimeout = TimeSpan.FromSeconds(5),
            MaxRetries = 1,
        };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(13), _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var client = new S3Client(quick, _endpoint, _credentials, _time);
        if (_credentials is null)
            await client.FindCredentialsAsync(_options.Bucket, linked.Token).ConfigureAwait(false);
        try
        {
            await new S3Listing(client, _options.Bucket).ListAsync(new ListRequest { Prefix = prefix, MaxKeys = 1 }, linked.Token)
                .WaitAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException(
                ObjectStoreErrorKind.Unreachable, $"{_endpoint.Name} did not answer in time. Check the endpoint, the network and the firewall.", e);
        }
        BucketSeen();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether the object has that ETag at this moment.</summary>
    internal async Task<bool> HasETagAsync(string key, string etag, CancellationToken cancellationToken, string? versionId = null) =>
        (await HeadAsync(key, versionId, cancellationToken).ConfigureAwait(false))?.ETag == etag;

    /// <summary>Frees a failed upload's parts as well as can be; what stays behind is found by <see cref="ListMultipartUploadsAsync"/>.</summary>
    internal async Task AbandonAsync(MultipartUpload upload)
    {
        try
        {
            await AbortMultipartAsync(upload, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ObjectStoreException)
        {
        }
    }

    /// <summary>Completes an answer that lacks the ETag, as Ceph RGW 16 gives to CompleteMultipartUpload.</summary>
    internal async Task<PutResult> ToResultAsync(string key, string? etag, string? versionId, CancellationToken cancellationToken)
    {
        BucketSeen();
        string plain = ETagStyles.Plain(etag);
        string? version = string.IsNullOrEmpty(versionId) ? null : versionId;
        if (plain.Length > 0)
            return new PutResult(plain, version);
        ObjectInfo info = await HeadAsync(key, version, cancellationToken).ConfigureAwait(false)
            ?? throw new ObjectStoreException(ObjectStoreErrorKind.Conflict, $"{Location}/{key} was written, and removed by somebody else at once.");
        return new PutResult(info.ETag, version ?? info.VersionId);
    }

    private Task<T> ConditionallyAsync<T>(string key, WriteCondition condition, Func<string?, Task<T>> send, CancellationToken cancellationToken) =>
        condition.IfMatch is null
            ? send(null)
            : _styles.SendAsync(write: true, condition.IfMatch, send, () => HasETagAsync(key, condition.IfMatch, cancellationToken));

    private async Task<ObjectBody> OpenAsync(string key, ByteRange range, string? ifMatch, string? versionId, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = _options.Bucket, Key = key, VersionId = versionId, EtagToMatch = ifMatch };
        if (range.IsAll)
            // Asked for always: a server that keeps no checksum ignores it, and one that does lets the whole body be verified.
            request.ChecksumMode = ChecksumMode.ENABLED;
        else
            request.ByteRange = range.Length is { } length
                ? new Amazon.S3.Model.ByteRange(range.Offset, checked(range.Offset + length - 1))
                : new Amazon.S3.Model.ByteRange($"bytes={range.Offset}-");
        GetObjectResponse response = await _client
            .SendAsync("Reading", key, s3 => s3.GetObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        BucketSeen();
        ObjectInfo info = S3Mapping.ToInfo(key, response, S3Mapping.WholeSize(response.ContentRange) ?? response.ContentLength);
        var stream = new S3BodyStream(response.ResponseStream, response.ContentLength, key, _client);
        if (!range.IsAll && response.ContentRange is null && response.ContentLength > 0 && range.Offset > 0)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new ObjectStoreException(ObjectStoreErrorKind.NotSupported, $"{_endpoint.Name} ignores ranges; it cannot be used.");
        }
        return new ObjectBody(info, stream, range.Offset, response.ContentLength, response);
    }

    private async Task<ObjectBody> NoBytesAsync(string key, long offset, string? ifMatch, string? versionId, CancellationToken cancellationToken)
    {
        ObjectInfo info = await HeadAsync(key, versionId, cancellationToken).ConfigureAwait(false)
            ?? throw new ObjectStoreException(ObjectStoreErrorKind.NotFound, $"Reading {Location}/{key}: there is no such object.");
        if (ifMatch is not null && ifMatch != info.ETag)
            throw new ObjectStoreException(ObjectStoreErrorKind.PreconditionFailed, $"Reading {Location}/{key}: the object has changed.");
        return new ObjectBody(info, Stream.Null, offset, 0);
    }

    private void BucketSeen() => Volatile.Write(ref _bucketSeenAt, _time.GetTimestamp());

    /// <summary>A HEAD has no body, so its 404 does not say whether the key or the whole bucket is missing; a listing does.</summary>
    private async Task ConfirmBucketAsync(CancellationToken cancellationToken)
    {
        long seen = Volatile.Read(ref _bucketSeenAt);
        if (seen != long.MinValue && _time.GetElapsedTime(seen) < BucketProofLifetime)
            return;
        try
        {
            await ListAsync(new ListRequest { MaxKeys = 1 }, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.AccessDenied)
        {
            BucketSeen();
        }
    }
}
