using System.Runtime.CompilerServices;

namespace FsxFuse.Repository.Objects;

/// <summary>Counts what passes through to another store. Retries beneath the other store are its own affair and are not counted.</summary>
/// <param name="inner">The store; disposed with this one.</param>
/// <param name="counters">Where to count; may be shared by several stores.</param>
/// <param name="failed">Told each failure; null: nobody. Must only take note.</param>
public sealed class CountingObjectStore(IObjectStore inner, RequestCounters counters, Action<ObjectStoreException>? failed = null) : IObjectStore
{
    /// <summary>What was counted.</summary>
    public RequestCounters Counters => counters;

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public ObjectStoreLimits Limits => inner.Limits;

    /// <inheritdoc/>
    public Task<ListPage> ListAsync(ListRequest request, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.List, inner.ListAsync(request, cancellationToken));

    /// <inheritdoc/>
    public Task<ObjectInfo?> HeadAsync(string key, string? versionId = null, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.Head, inner.HeadAsync(key, versionId, cancellationToken));

    /// <inheritdoc/>
    public async Task<ObjectBody> GetAsync(
        string key, ByteRange range, string? ifMatch = null, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectBody body = await CountAsync(RequestKind.Get, inner.GetAsync(key, range, ifMatch, versionId, cancellationToken)).ConfigureAwait(false);
        return new ObjectBody(body.Info, new CountingReadStream(body.Content, counters.CountRead), body.Offset, body.Length, body);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, string>> GetTagsAsync(string key, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.GetTags, inner.GetTagsAsync(key, cancellationToken));

    /// <inheritdoc/>
    public async Task<PutResult> PutAsync(string key, BodySource body, PutOptions options, CancellationToken cancellationToken = default)
    {
        PutResult result = await CountAsync(RequestKind.Put, inner.PutAsync(key, body, options, cancellationToken)).ConfigureAwait(false);
        counters.CountWritten(body.Length);
        return result;
    }

    /// <inheritdoc/>
    public Task<MultipartUpload> CreateMultipartAsync(string key, PutOptions options, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.CreateMultipart, inner.CreateMultipartAsync(key, options, cancellationToken));

    /// <inheritdoc/>
    public async Task<UploadedPart> UploadPartAsync(MultipartUpload upload, int partNumber, BodySource body, CancellationToken cancellationToken = default)
    {
        UploadedPart part = await CountAsync(RequestKind.UploadPart, inner.UploadPartAsync(upload, partNumber, body, cancellationToken)).ConfigureAwait(false);
        counters.CountWritten(body.Length);
        return part;
    }

    /// <inheritdoc/>
    public Task<UploadedPart> CopyPartAsync(
        MultipartUpload upload, int partNumber, CopySource source, ByteRange range, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.CopyPart, inner.CopyPartAsync(upload, partNumber, source, range, cancellationToken));

    /// <inheritdoc/>
    public Task<PutResult> CompleteMultipartAsync(
        MultipartUpload upload, IReadOnlyList<UploadedPart> parts, WriteCondition condition, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.CompleteMultipart, inner.CompleteMultipartAsync(upload, parts, condition, cancellationToken));

    /// <inheritdoc/>
    public Task AbortMultipartAsync(MultipartUpload upload, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.AbortMultipart, inner.AbortMultipartAsync(upload, cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<MultipartUpload> ListMultipartUploadsAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        counters.Count(RequestKind.List);
        await foreach (MultipartUpload upload in inner.ListMultipartUploadsAsync(prefix, cancellationToken).ConfigureAwait(false))
            yield return upload;
    }

    /// <inheritdoc/>
    public Task<PutResult> CopyAsync(CopyRequest request, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.Copy, inner.CopyAsync(request, cancellationToken));

    /// <inheritdoc/>
    public Task<RestoreState> RestoreAsync(string key, RestoreOptions options, string? versionId = null, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.Restore, inner.RestoreAsync(key, options, versionId, cancellationToken));

    /// <inheritdoc/>
    public Task DeleteAsync(string key, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.Delete, inner.DeleteAsync(key, ifMatch, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeleteResult>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.DeleteMany, inner.DeleteManyAsync(keys, cancellationToken));

    /// <inheritdoc/>
    public Task CheckAccessAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        CountAsync(RequestKind.Check, inner.CheckAccessAsync(prefix, cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> CountAsync<T>(RequestKind kind, Task<T> request)
    {
        await CountAsync(kind, (Task)request).ConfigureAwait(false);
        return await request.ConfigureAwait(false);
    }

    private async Task CountAsync(RequestKind kind, Task request)
    {
        counters.Count(kind);
        try
        {
            await request.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            counters.CountFailure(kind);
            if (e is ObjectStoreException failure)
                failed?.Invoke(failure);
            throw;
        }
    }
}
