using FsxFuse.Repository.Objects;

namespace FsxFuse.Composition;

/// <summary>Counts what goes to a repository; changes nothing.</summary>
internal sealed class CountingObjectStore(IObjectStore inner, RequestCounters counters) : IObjectStore
{
    public string Location => inner.Location;

    public ObjectStoreLimits Limits => inner.Limits;

    public Task<ListPage> ListAsync(ListRequest request, CancellationToken cancellationToken = default) =>
        CountAsync("list", inner.ListAsync(request, cancellationToken));

    public Task<ObjectInfo?> HeadAsync(string key, string? versionId = null, CancellationToken cancellationToken = default) =>
        CountAsync("head", inner.HeadAsync(key, versionId, cancellationToken));

    public async Task<ObjectBody> GetAsync(string key, ByteRange range, string? ifMatch = null, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectBody body = await CountAsync("get", inner.GetAsync(key, range, ifMatch, versionId, cancellationToken)).ConfigureAwait(false);
        counters.Download(body.Length);
        return body;
    }

    public Task<IReadOnlyDictionary<string, string>> GetTagsAsync(string key, CancellationToken cancellationToken = default) =>
        CountAsync("getTags", inner.GetTagsAsync(key, cancellationToken));

    public Task<PutResult> PutAsync(string key, BodySource body, PutOptions options, CancellationToken cancellationToken = default) =>
        CountAsync("put", inner.PutAsync(key, body, options, cancellationToken), body.Length);

    public Task<MultipartUpload> CreateMultipartAsync(string key, PutOptions options, CancellationToken cancellationToken = default) =>
        CountAsync("createMultipart", inner.CreateMultipartAsync(key, options, cancellationToken));

    public Task<UploadedPart> UploadPartAsync(MultipartUpload upload, int partNumber, BodySource body, CancellationToken cancellationToken = default) =>
        CountAsync("uploadPart", inner.UploadPartAsync(upload, partNumber, body, cancellationToken), body.Length);

    public Task<UploadedPart> CopyPartAsync(MultipartUpload upload, int partNumber, CopySource source, ByteRange range, CancellationToken cancellationToken = default) =>
        CountAsync("copyPart", inner.CopyPartAsync(upload, partNumber, source, range, cancellationToken));

    public Task<PutResult> CompleteMultipartAsync(MultipartUpload upload, IReadOnlyList<UploadedPart> parts, WriteCondition condition, CancellationToken cancellationToken = default) =>
        CountAsync("completeMultipart", inner.CompleteMultipartAsync(upload, parts, condition, cancellationToken));

    public Task AbortMultipartAsync(MultipartUpload upload, CancellationToken cancellationToken = default) =>
        CountAsync("abortMultipart", inner.AbortMultipartAsync(upload, cancellationToken));

    public IAsyncEnumerable<MultipartUpload> ListMultipartUploadsAsync(string prefix, CancellationToken cancellationToken = default)
    {
        counters.Request("listMultipart");
        return inner.ListMultipartUploadsAsync(prefix, cancellationToken);
    }

    public Task<PutResult> CopyAsync(CopyRequest request, CancellationToken cancellationToken = default) =>
        CountAsync("copy", inner.CopyAsync(request, cancellationToken));

    public Task DeleteAsync(string key, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        CountAsync("delete", inner.DeleteAsync(key, ifMatch, cancellationToken));

    public Task<IReadOnlyList<DeleteResult>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken = default) =>
        CountAsync("deleteMany", inner.DeleteManyAsync(keys, cancellationToken));

    public Task CheckAccessAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        CountAsync("check", inner.CheckAccessAsync(prefix, cancellationToken));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> CountAsync<T>(string kind, Task<T> request, long uploaded = 0)
    {
        await CountAsync(kind, (Task)request).ConfigureAwait(false);
        counters.Upload(uploaded);
        return await request.ConfigureAwait(false);
    }

    private async Task CountAsync(string kind, Task request)
    {
        counters.Request(kind);
        try
        {
            await request.ConfigureAwait(false);
        }
        catch (ObjectStoreException)
        {
            counters.Error();
            throw;
        }
    }
}
