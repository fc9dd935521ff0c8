using System.Text;

namespace FsxFuse.Repository.Objects;

/// <summary>Finds out by trying which conditions a repository honours, since servers ignore what they do not know without a word.</summary>
public static class ObjectStoreProbe
{
    private const string WrongETag = "00000000000000000000000000000000";

    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Tries each condition, with a right and a wrong ETag, on scratch keys that begin with <paramref name="scratchKey"/>; removes them afterwards.
    /// </summary>
    /// <param name="store">The repository; writing to it must be allowed.</param>
    /// <param name="scratchKey">A key that nobody else uses, such as <c>prefix/.fsxfuse-probe-RANDOM</c>.</param>
    /// <param name="cancellationToken">Cancels the probe; scratch keys may then remain.</param>
    /// <exception cref="ObjectStoreException">When plain writes fail: AccessDenied, NoSuchBucket, ….</exception>
    public static async Task<StoreCapabilities> ProbeAsync(this IObjectStore store, string scratchKey, CancellationToken cancellationToken = default)
    {
        string key = scratchKey, other = scratchKey + ".2";
        try
        {
            string etag = (await PutAsync(store, key, "1", WriteCondition.None, cancellationToken).ConfigureAwait(false)).ETag;
            bool getIfMatch = await RefusesAsync(async () =>
            {
                await using ObjectBody body = await store.GetAsync(key, ByteRange.All, WrongETag, null, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);

            bool putIfAbsent = await RefusesAsync(() => PutAsync(store, key, "2", WriteCondition.Absent, cancellationToken)).ConfigureAwait(false);
            bool putIfMatch = await RefusesAsync(() => PutAsync(store, key, "3", WriteCondition.Matches(WrongETag), cancellationToken)).ConfigureAwait(false);
            etag = await CurrentAsync(store, key, cancellationToken).ConfigureAwait(false);
            putIfMatch &= await AcceptsAsync(() => PutAsync(store, key, "4", WriteCondition.Matches(etag), cancellationToken)).ConfigureAwait(false);

            bool completeIfAbsent = await RefusesAsync(() => CompleteAsync(store, key, WriteCondition.Absent, cancellationToken)).ConfigureAwait(false);
            bool completeIfMatch = await RefusesAsync(() => CompleteAsync(store, key, WriteCondition.Matches(WrongETag), cancellationToken))
                .ConfigureAwait(false);
            etag = await CurrentAsync(store, key, cancellationToken).ConfigureAwait(false);
            completeIfMatch &= await AcceptsAsync(() => CompleteAsync(store, key, WriteCondition.Matches(etag), cancellationToken)).ConfigureAwait(false);

            await PutAsync(store, other, "5", WriteCondition.None, cancellationToken).ConfigureAwait(false);
            bool copySource = await RefusesAsync(() => CopyAsync(store, new CopySource(key, WrongETag), other, WriteCondition.None, cancellationToken))
                .ConfigureAwait(false);
            etag = await CurrentAsync(store, key, cancellationToken).ConfigureAwait(false);
            copySource &= await AcceptsAsync(() => CopyAsync(store, new CopySource(key, etag), other, WriteCondition.None, cancellationToken))
                .ConfigureAwait(false);
            bool copyIfAbsent = await RefusesAsync(() => CopyAsync(store, new CopySource(key), other, WriteCondition.Absent, cancellationToken))
                .ConfigureAwait(false);
            bool copyIfMatch = await RefusesAsync(() => CopyAsync(store, new CopySource(key), other, WriteCondition.Matches(WrongETag), cancellationToken))
                .ConfigureAwait(false);
            etag = await CurrentAsync(store, other, cancellationToken).ConfigureAwait(false);
            copyIfMatch &= await AcceptsAsync(() => CopyAsync(store, new CopySource(key), other, WriteCondition.Matches(etag), cancellationToken))
                .ConfigureAwait(false);

            bool deleteIfMatch = await RefusesAsync(() => store.DeleteAsync(key, WrongETag, cancellationToken)).ConfigureAwait(false);
            if (deleteIfMatch)
            {
                etag = await CurrentAsync(store, key, cancellationToken).ConfigureAwait(false);
                deleteIfMatch = await AcceptsAsync(() => store.DeleteAsync(key, etag, cancellationToken)).ConfigureAwait(false);
            }
            return new StoreCapabilities
            {
                GetIfMatch = getIfMatch,
                PutIfAbsent = putIfAbsent,
                PutIfMatch = putIfMatch,
                CompleteIfAbsent = completeIfAbsent,
                CompleteIfMatch = completeIfMatch,
                CopySourceIfMatch = copySource,
                CopyIfAbsent = copyIfAbsent,
                CopyIfMatch = copyIfMatch,
                DeleteIfMatch = deleteIfMatch,
            };
        }
        finally
        {
            await CleanUpAsync(store, [key, other], cancellationToken).ConfigureAwait(false);
        }
    }

    // What is left behind is removed by the next probe of the same key: a server that fell silent must not hold up whoever stops, and
    // its failure here must not hide the one before.
    private static async Task CleanUpAsync(IObjectStore store, string[] keys, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CleanUpLimit);
        try
        {
            // One at a time: Ceph RGW 16 ends itself when the deletion of several objects is to be told to somebody.
            foreach (string key in keys)
                await store.DeleteAsync(key, null, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectStoreException or OperationCanceledException)
        {
        }
    }

    private static Task<PutResult> PutAsync(IObjectStore store, string key, string text, WriteCondition condition, CancellationToken cancellationToken) =>
        store.PutAsync(key, BodySource.FromMemory(Encoding.ASCII.GetBytes(text)), new PutOptions { Condition = condition }, cancellationToken);

    private static Task<PutResult> CopyAsync(IObjectStore store, CopySource source, string key, WriteCondition condition, CancellationToken cancellationToken) =>
        store.CopyAsync(new CopyRequest { Source = source, SourceSize = 1, DestinationKey = key, Condition = condition }, cancellationToken);

    private static async Task CompleteAsync(IObjectStore store, string key, WriteCondition condition, CancellationToken cancellationToken)
    {
        MultipartUpload upload = await store.CreateMultipartAsync(key, PutOptions.None, cancellationToken).ConfigureAwait(false);
        try
        {
            UploadedPart part = await store.UploadPartAsync(upload, 1, BodySource.FromMemory("p"u8.ToArray()), cancellationToken).ConfigureAwait(false);
            await store.CompleteMultipartAsync(upload, [part], condition, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException)
        {
            await store.AbortMultipartAsync(upload, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<string> CurrentAsync(IObjectStore store, string key, CancellationToken cancellationToken) =>
        (await store.HeadAsync(key, null, cancellationToken).ConfigureAwait(false))?.ETag
        ?? throw new ObjectStoreException(ObjectStoreErrorKind.NotFound, $"The scratch object '{key}' disappeared while {store.Location} was being probed.");

    private static async Task<bool> RefusesAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
            return false;
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.PreconditionFailed)
        {
            return true;
        }
        catch (ObjectStoreException e) when (IsRefusalOfTheConditionItself(e.Kind))
        {
            return false;
        }
    }

    private static async Task<bool> AcceptsAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
            return true;
        }
        catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.PreconditionFailed || IsRefusalOfTheConditionItself(e.Kind))
        {
            return false;
        }
    }

    // Some servers answer 501 or 400 to a condition that they do not implement.
    private static bool IsRefusalOfTheConditionItself(ObjectStoreErrorKind kind) =>
        kind is ObjectStoreErrorKind.NotSupported or ObjectStoreErrorKind.BadRequest;
}
