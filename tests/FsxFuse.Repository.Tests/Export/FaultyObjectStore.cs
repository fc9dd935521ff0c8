using System.Collections.Concurrent;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Tests.Export;

/// <summary>Counts requests, and fails them before or after they are done when a test says so.</summary>
internal sealed class FaultyObjectStore(IObjectStore inner) : IObjectStore
{
    private int _puts;
    private int _copies;
    private int _deletes;
    private int _gets;
    private int _parts;

    /// <summary>Called with the operation and the key before each request; an exception fails it without doing it.</summary>
    public Action<string, string>? Before { get; set; }

    /// <summary>Called after each write was done; an exception loses its answer.</summary>
    public Action<string, string>? After { get; set; }

    /// <summary>Awaited before each upload of a body.</summary>
    public Func<string, Task>? Pause { get; set; }

    /// <summary>Takes conditions on writes and heeds none, as older servers do. Set before the first write.</summary>
    public bool IgnoresConditions { get; set; }

    /// <summary>Objects in an archive class: a GET is refused until S3 has restored them, which a test does by setting Restored.</summary>
    public ConcurrentDictionary<string, RestoreState> Archived { get; } = new();

    /// <summary>What was asked back.</summary>
    public ConcurrentQueue<(string Key, RestoreOptions Options)> Restores { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public int Puts => _puts;

    public int Copies => _copies;

    public int Deletes => _deletes;

    public int Gets => _gets;

    public int Parts => _parts;

    public string Location => inner.Location;

    public ObjectStoreLimits Limits { get; set; } = inner.Limits;

    public Task<ListPage> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => RunAsync("list", request.Prefix, () => inner.ListAsync(request, cancellationToken));

    public Task<ObjectInfo?> HeadAsync(string key, string? versionId = null, CancellationToken cancellationToken = default) =>
        RunAsync("head", key, async () => await inner.HeadAsync(key, versionId, cancellationToken) is { } info && Archived.TryGetValue(key, out RestoreState state)
            ? info with { StorageClass = ObjectStorageClasses.Glacier, Restore = state }
            : await inner.HeadAsync(key, versionId, cancellationToken));

    public Task<ObjectBody> GetAsync(string key, ByteRange range, string? ifMatch = null, string? versionId = null, CancellationToken cancellationToken = default)
    {
        Count(key, ref _gets);
        return RunAsync("get", key, () => Archived.TryGetValue(key, out RestoreState state) && state != RestoreState.Restored
            ? throw new ObjectStoreException(ObjectStoreErrorKind.ArchivedTier, $"Reading {key}: the object is in an archive class and must be restored first")
            : inner.GetAsync(key, range, ifMatch, versionId, cancellationToken));
    }

    public Task<IReadOnlyDictionary<string, string>> GetTagsAsync(string key, CancellationToken cancellationToken = default) => inner.GetTagsAsync(key, cancellationToken);

    public async Task<PutResult> PutAsync(string key, BodySource body, PutOptions options, CancellationToken cancellationToken = default)
    {
        Count(key, ref _puts);
        if (Pause is { } pause)
            await pause(key);
        return await RunAsync("put", key, () => inner.PutAsync(key, body, options with { Condition = Heeded(options.Condition) }, cancellationToken));
    }

    public Task<MultipartUpload> CreateMultipartAsync(string key, PutOptions options, CancellationToken cancellationToken = default) =>
        RunAsync("create", key, () => inner.CreateMultipartAsync(key, options, cancellationToken));

    public async Task<UploadedPart> UploadPartAsync(MultipartUpload upload, int partNumber, BodySource body, CancellationToken cancellationToken = default)
    {
        Count(upload.Key, ref _parts);
        if (Pause is { } pause)
            await pause(upload.Key);
        return await RunAsync("part", upload.Key, () => inner.UploadPartAsync(upload, partNumber, body, cancellationToken));
    }

    public Task<UploadedPart> CopyPartAsync(MultipartUpload upload, int partNumber, CopySource source, ByteRange range, CancellationToken cancellationToken = default) =>
        inner.CopyPartAsync(upload, partNumber, source, range, cancellationToken);

    public Task<PutResult> CompleteMultipartAsync(MultipartUpload upload, IReadOnlyList<UploadedPart> parts, WriteCondition condition, CancellationToken cancellationToken = default) =>
        RunAsync("complete", upload.Key, () => inner.CompleteMultipartAsync(upload, parts, Heeded(condition), cancellationToken));

    public async Task AbortMultipartAsync(MultipartUpload upload, CancellationToken cancellationToken = default) =>
        await RunAsync("abort", upload.Key, async () =>
        {
            await inner.AbortMultipartAsync(upload, cancellationToken);
            return 0;
        });

    public IAsyncEnumerable<MultipartUpload> ListMultipartUploadsAsync(string prefix, CancellationToken cancellationToken = default) =>
        inner.ListMultipartUploadsAsync(prefix, cancellationToken);

    public Task<PutResult> CopyAsync(CopyRequest request, CancellationToken cancellationToken = default)
    {
        Count(request.DestinationKey, ref _copies);
        return RunAsync("copy", request.DestinationKey, () => inner.CopyAsync(request with { Condition = Heeded(request.Condition) }, cancellationToken));
    }

    public Task<RestoreState> RestoreAsync(string key, RestoreOptions options, string? versionId = null, CancellationToken cancellationToken = default) =>
        RunAsync("restore", key, () =>
        {
            Restores.Enqueue((key, options));
            return Task.FromResult(Archived[key] = RestoreState.Restoring);
        });

    public async Task DeleteAsync(string key, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        Count(key, ref _deletes);
        await RunAsync("delete", key, async () =>
        {
            await inner.DeleteAsync(key, IgnoresConditions ? null : ifMatch, cancellationToken);
            return 0;
        });
    }

    public Task<IReadOnlyList<DeleteResult>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken = default) => inner.DeleteManyAsync(keys, cancellationToken);

    public Task CheckAccessAsync(string prefix = "", CancellationToken cancellationToken = default) => inner.CheckAccessAsync(prefix, cancellationToken);

    // The rig owns the store itself: it outlives the link sets of several runs.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void ResetCounts() => _puts = _copies = _deletes = _gets = _parts = 0;

    private WriteCondition Heeded(WriteCondition condition) => IgnoresConditions ? WriteCondition.None : condition;

    // The probe of what the server honours is nobody's export.
    private static void Count(string key, ref int counter)
    {
        if (!key.Contains(".fsxfuse-probe", StringComparison.Ordinal))
            Interlocked.Increment(ref counter);
    }

    private async Task<T> RunAsync<T>(string operation, string key, Func<Task<T>> run)
    {
        Log.Enqueue($"{operation} {key}");
        if (!key.Contains(".fsxfuse-probe", StringComparison.Ordinal))
            Before?.Invoke(operation, key);
        T result = await run();
        if (!key.Contains(".fsxfuse-probe", StringComparison.Ordinal))
            After?.Invoke(operation, key);
        return result;
    }
}
