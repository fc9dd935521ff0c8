using System.Xml;
using Amazon.S3.Model;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>Deletes many keys, a thousand in a request where they fit into XML.</summary>
internal sealed class S3Deletion(S3Client client, string bucket, Func<string, CancellationToken, Task> deleteOne)
{
    private const int BatchSize = 1000;
    private const int ParallelSingles = 8;

    public async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, ObjectStoreException>(StringComparer.Ordinal);
        foreach (string[] batch in keys.Where(FitsXml).Distinct(StringComparer.Ordinal).Chunk(BatchSize))
            await DeleteBatchAsync(batch, errors, cancellationToken).ConfigureAwait(false);
        await DeleteSinglyAsync(keys.Where(k => !FitsXml(k)), errors, cancellationToken).ConfigureAwait(false);
        return keys.Select(k => new DeleteResult(k, errors.GetValueOrDefault(k))).ToArray();
    }

    private async Task DeleteBatchAsync(string[] batch, Dictionary<string, ObjectStoreException> errors, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectsRequest { BucketName = bucket, Quiet = true, Objects = batch.Select(k => new KeyVersion { Key = k }).ToList() };
        DeleteObjectsResponse response;
        try
        {
            response = await client.SendAsync("Deleting objects of", null, s3 => s3.DeleteObjectsAsync(request, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.InnerException is Amazon.S3.DeleteObjectsException { Response: not null } partial)
        {
            response = partial.Response;
        }
        catch (ObjectStoreException e) when (e.Kind is ObjectStoreErrorKind.NotSupported)
        {
            // Google's and some other servers have no batch deletion.
            await DeleteSinglyAsync(batch, errors, cancellationToken).ConfigureAwait(false);
            return;
        }
        foreach (DeleteError error in response.DeleteErrors ?? [])
        {
            ObjectStoreException translated = client.Translate(
                new Amazon.S3.AmazonS3Exception(error.Message ?? error.Code) { ErrorCode = error.Code, StatusCode = 0 }, "Deleting", error.Key);
            if (translated.Kind != ObjectStoreErrorKind.NotFound)
                errors[error.Key] = translated;
        }
    }

    private async Task DeleteSinglyAsync(IEnumerable<string> keys, Dictionary<string, ObjectStoreException> errors, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelSingles, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(keys, parallel, async (key, token) =>
        {
            try
            {
                await deleteOne(key, token).ConfigureAwait(false);
            }
            catch (ObjectStoreException e)
            {
                lock (errors)
                    errors[key] = e;
            }
        }).ConfigureAwait(false);
    }

    // Control characters have no form in XML 1.0, and a carriage return comes back as a line feed.
    private static bool FitsXml(string key)
    {
        for (int i = 0; i < key.Length; i++)
        {
            char c = key[i];
            if (char.IsSurrogate(c))
                continue;
            if (c < ' ' || !XmlConvert.IsXmlChar(c))
                return false;
        }
        return true;
    }
}
