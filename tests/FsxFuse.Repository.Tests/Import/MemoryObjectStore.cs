using System.Security.Cryptography;
using System.Text;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Tests.Import;

/// <summary>A bucket in memory that counts its requests; only what reading needs. Hooks run inside a request, where a server's answer is already made.</summary>
internal sealed class MemoryObjectStore : IObjectStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, StoredObject> _objects = new(ObjectKey.Order);
    private int _lists;
    private int _heads;
    private int _gets;
    private int _headsNow;
    private int _mostHeads;

    public string Location => "memory://bucket";

    public ObjectStoreLimits Limits => ObjectStoreLimits.AmazonS3;

    public TimeSpan Latency { get; set; }

    public int PageSize { get; set; } = 1000;

    public int Lists => _lists;

    public int Heads => _heads;

    public int Gets => _gets;

    public int MostHeadsAtOnce => _mostHeads;

    public Func<string, Task>? AfterList { get; set; }

    public Func<string, Task>? AfterHead { get; set; }

    public ObjectStoreException? Failure { get; set; }

    public List<string> HeadKeys { get; } = [];

    public void ResetCounts() => (_lists, _heads, _gets, _mostHeads) = (0, 0, 0, 0);

    public string Put(string key, string body = "x", IReadOnlyDictionary<string, string>? metadata = null, string storageClass = "STANDARD", DateTimeOffset? modified = null)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        string etag = Convert.ToHexStringLower(SHA256.HashData(bytes));
        lock (_lock)
        {
            _objects[key] = new StoredObject(bytes, new ObjectInfo
            {
                Key = key,
                Size = bytes.Length,
                ETag = etag,
                LastModified = modified ?? DateTimeOffset.UnixEpoch.AddDays(20_000),
                StorageClass = storageClass,
                Metadata = metadata ?? new Dictionary<string, string>(),
            });
        }
        return etag;
    }

    public void PutMany(string prefix, int count)
    {
        for (int i = 0; i < count; i++)
            Put($"{prefix}{i:D6}", $"{i}");
    }

    public void Remove(string key)
    {
        lock (_lock)
            _objects.Remove(key);
    }

    public async Task<ListPage> ListAsync(ListRequest request, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _lists);
        await WaitAsync(cancellationToken);
        string after = request.ContinuationToken ?? request.StartAfter ?? "";
        int limit = Math.Min(PageSize, request.MaxKeys);
        List<ObjectEntry> objects = [];
        List<string> prefixes = [];
        string? next = null;
        lock (_lock)
        {
            string last = "";
            foreach ((string key, StoredObject stored) in _objects)
            {
                if (!key.StartsWith(request.Prefix, StringComparison.Ordinal) || (after.Length > 0 && ObjectKey.Compare(key, after) <= 0)
                    || (after.EndsWith('/') && request.Delimiter is not null && key.StartsWith(after, StringComparison.Ordinal) && after.Length > request.Prefix.Length))
                {
                    continue;
                }
                int slash = request.Delimiter is null ? -1 : key.IndexOf('/', request.Prefix.Length);
                string? common = slash < 0 ? null : key[..(slash + 1)];
                if (common is not null && prefixes.Count > 0 && prefixes[^1] == common)
                    continue;
                if (objects.Count + prefixes.Count == limit)
                {
                    next = last;
                    break;
                }
                if (common is not null)
                    prefixes.Add(common);
                else
                    objects.Add(new ObjectEntry(key, stored.Info.Size, stored.Info.ETag, stored.Info.LastModified, stored.Info.StorageClass));
                last = common ?? key;
            }
        }
        if (AfterList is { } hook)
            await hook(request.Prefix);
        return new ListPage(objects, prefixes, next);
    }

    public async Task<ObjectInfo?> HeadAsync(string key, string? versionId = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _heads);
        int now = Interlocked.Increment(ref _headsNow);
        for (int most = _mostHeads; now > most; most = _mostHeads)
            Interlocked.CompareExchange(ref _mostHeads, now, most);
        try
        {
            await WaitAsync(cancellationToken);
            ObjectInfo? info;
            lock (_lock)
            {
                HeadKeys.Add(key);
                info = _objects.GetValueOrDefault(key)?.Info;
            }
            if (AfterHead is { } hook)
                await hook(key);
            return info;
        }
        finally
        {
            Interlocked.Decrement(ref _headsNow);
        }
    }

    public async Task<ObjectBody> GetAsync(string key, ByteRange range, string? ifMatch = null, string? versionId = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _gets);
        await WaitAsync(cancellationToken);
        StoredObject? stored;
        lock (_lock)
            stored = _objects.GetValueOrDefault(key);
        if (stored is null)
            throw new ObjectStoreException(ObjectStoreErrorKind.NotFound, $"no '{key}'");
        if (ifMatch is not null && ifMatch != stored.Info.ETag)
            throw new ObjectStoreException(ObjectStoreErrorKind.PreconditionFailed, $"'{key}' changed");
        if (ObjectStorageClasses.IsArchive(stored.Info.StorageClass))
            throw new ObjectStoreException(ObjectStoreErrorKind.ArchivedTier, $"'{key}' is archived");
        if (range.Offset >= stored.Bytes.Length && stored.Bytes.Length > 0)
            throw new ObjectStoreException(ObjectStoreErrorKind.RangeNotSatisfiable, "past the end");
        int length = (int)Math.Min(range.Length ?? long.MaxValue, stored.Bytes.Length - range.Offset);
        return new ObjectBody(stored.Info, new MemoryStream(stored.Bytes, (int)range.Offset, length), range.Offset, length);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task CheckAccessAsync(string prefix = "", CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task<IReadOnlyDictionary<string, string>> GetTagsAsync(string key, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<PutResult> PutAsync(string key, BodySource body, PutOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<MultipartUpload> CreateMultipartAsync(string key, PutOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<UploadedPart> UploadPartAsync(MultipartUpload upload, int partNumber, BodySource body, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<UploadedPart> CopyPartAsync(MultipartUpload upload, int partNumber, CopySource source, ByteRange range, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<PutResult> CompleteMultipartAsync(MultipartUpload upload, IReadOnlyList<UploadedPart> parts, WriteCondition condition, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task AbortMultipartAsync(MultipartUpload upload, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<MultipartUpload> ListMultipartUploadsAsync(string prefix, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<PutResult> CopyAsync(CopyRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<RestoreState> RestoreAsync(string key, RestoreOptions options, string? versionId = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task DeleteAsync(string key, string? ifMatch = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<DeleteResult>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private async Task WaitAsync(CancellationToken cancel)
    {
        if (Failure is { } failure)
            throw failure;
        if (Latency > TimeSpan.Zero)
            await Task.Delay(Latency, cancel);
    }

    private sealed record StoredObject(byte[] Bytes, ObjectInfo Info);
}
