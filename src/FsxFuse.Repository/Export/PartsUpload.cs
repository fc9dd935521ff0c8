using FsxFuse.Cache;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>Uploads in parts, straight from the content file, and cleans up after those that were not finished.</summary>
internal sealed class PartsUpload(ExportContext context, ObjectWriter writer) : IDisposable
{
    private const long MiB = 1 << 20;

    // What one part being sent takes: the body is read from the file as it goes, through the client's buffers.
    private const long BuffersPerPart = 512 << 10;

    private readonly SemaphoreSlim _parts = new(context.Options.Parts, context.Options.Parts);

    /// <summary>Uploads a snapshot.</summary>
    /// <returns>Null when the file changed meanwhile: nothing was made.</returns>
    public async ValueTask<PutResult?> RunAsync(KeyState state, ContentSnapshot snapshot, PutOptions options, UploadStamp stamp, CancellationToken cancel)
    {
        IObjectStore store = state.Link.Store;
        await SweepAsync(context.Attempts.UnfinishedUploads(state.Link.Id, state.Key), cancel).ConfigureAwait(false);
        List<string> foreign = await ListUploadsAsync(store, state.Key, cancel).ConfigureAwait(false);
        Attempt attempt = await context.Attempts.BeginAsync(state.Link, state.Key, stamp, "", [.. foreign], cancel).ConfigureAwait(false);
        try
        {
            MultipartUpload upload = await store.CreateMultipartAsync(state.Key, options, cancel).ConfigureAwait(false);
            attempt = await context.Attempts.NameUploadAsync(attempt, upload.UploadId).ConfigureAwait(false);
            UploadedPart[] sent = await SendAsync(store, upload, snapshot, stamp.Inode, cancel).ConfigureAwait(false);
            if (snapshot.IsUnchanged())
            {
                PutResult result = await writer.WriteAsync(
                    state, WriteVerb.Complete, stamp, condition => store.CompleteMultipartAsync(upload, sent, condition, cancel), cancel).ConfigureAwait(false);
                attempt = await context.Attempts.NameUploadAsync(attempt, null).ConfigureAwait(false);
                return result;
            }
        }
        catch
        {
            await TrySweepAsync(attempt).ConfigureAwait(false);
            throw;
        }
        await TrySweepAsync(attempt).ConfigureAwait(false);
        return null;
    }

    /// <summary>Aborts unfinished uploads of ours; the servers keep (and charge for) their parts otherwise.</summary>
    public async ValueTask SweepAsync(IReadOnlyList<Attempt> attempts, CancellationToken cancel)
    {
        foreach (Attempt attempt in attempts)
        {
            if (context.Links.Find(attempt.Link) is not { } link)
            {
                await context.Attempts.ForgetAsync(attempt).ConfigureAwait(false);
                continue;
            }
            if (!string.IsNullOrEmpty(attempt.Upload))
            {
                await link.Store.AbortMultipartAsync(new MultipartUpload(attempt.Key, attempt.Upload), cancel).ConfigureAwait(false);
            }
            else
            {
                foreach (string id in await ListUploadsAsync(link.Store, attempt.Key, cancel).ConfigureAwait(false))
                {
                    if (attempt.Foreign?.Contains(id) != true)
                        await link.Store.AbortMultipartAsync(new MultipartUpload(attempt.Key, id), cancel).ConfigureAwait(false);
                }
            }
            // The object itself may have been made before the answer was lost: the stamp is still ours until the key is settled.
            await context.Attempts.NameUploadAsync(attempt, null).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _parts.Dispose();

    /// <summary>Size of the parts of a body: as small as configured, as large as the limit on their number needs.</summary>
    internal static long PartSizeFor(long length, long configured, ObjectStoreLimits limits)
    {
        long size = Math.Max(configured, limits.MinPartSize);
        long needed = (length + limits.MaxParts - 1) / limits.MaxParts;
        return needed <= size ? size : Math.Min((needed + MiB - 1) / MiB * MiB, limits.MaxPartSize);
    }

    private async Task<UploadedPart[]> SendAsync(IObjectStore store, MultipartUpload upload, ContentSnapshot snapshot, long inode, CancellationToken cancel)
    {
        long length = snapshot.Length;
        long partSize = PartSizeFor(length, context.Options.PartSize, store.Limits);
        BodySource body = BodySource.FromFile(snapshot.Handle, 0, length);
        var sent = new UploadedPart[(length + partSize - 1) / partSize];
        // All files share the turns, so that many large ones together send no more than one alone.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, sent.Length),
            new ParallelOptions { MaxDegreeOfParallelism = context.Options.Parts, CancellationToken = cancel },
            async (index, stop) =>
            {
                await _parts.WaitAsync(stop).ConfigureAwait(false);
                try
                {
                    using BudgetLease lease = await context.Memory.ReserveAsync(Math.Min(BuffersPerPart, context.Memory.Limit), stop).ConfigureAwait(false);
                    long offset = index * partSize;
                    long size = Math.Min(partSize, length - offset);
                    sent[index] = await store.UploadPartAsync(upload, index + 1, body.Slice(offset, size), stop).ConfigureAwait(false);
                    context.Counters.Sent(inode, size);
                }
                finally
                {
                    _parts.Release();
                }
            }).ConfigureAwait(false);
        return sent;
    }

    private async ValueTask TrySweepAsync(Attempt attempt)
    {
        // A server that fell silent must not hold up a stop.
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(5));
        try
        {
            await SweepAsync([attempt], limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectStoreException or OperationCanceledException)
        {
            // It stays recorded and is aborted before the next upload of the key, or at the next start.
        }
    }

    private static async ValueTask<List<string>> ListUploadsAsync(IObjectStore store, string key, CancellationToken cancel)
    {
        List<string> ids = [];
        await foreach (MultipartUpload upload in store.ListMultipartUploadsAsync(key, cancel).ConfigureAwait(false))
        {
            if (upload.Key == key)
                ids.Add(upload.UploadId);
        }
        return ids;
    }
}
