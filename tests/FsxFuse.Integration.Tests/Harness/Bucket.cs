using Amazon.S3;
using Amazon.S3.Model;

namespace FsxFuse.Integration.Tests;

/// <summary>One bucket of a test, emptied and removed at its end.</summary>
public sealed class Bucket(S3Server server, AmazonS3Client client, string name) : IAsyncDisposable
{
    public string Name { get; } = name;

    public string Url => $"s3://{Name}";

    internal AmazonS3Client Client { get; } = client;

    /// <summary>Whether the server tells what happens here: then nothing is deleted together with others, at which Ceph RGW 16 would end itself.</summary>
    internal bool HasNotifications { get; set; }

    internal TestMount NewMount(string prefix = "", string options = "") => new(
        prefix.Length == 0 ? Url : $"{Url}/{prefix}",
        options.Length == 0 ? server.MountOptions : $"{server.MountOptions},{options}",
        server.Environment);

    public Task PutAsync(string key, byte[] body, params (string Name, string Value)[] metadata)
    {
        PutObjectRequest request = new() { BucketName = Name, Key = key, InputStream = new MemoryStream(body), UseChunkEncoding = false };
        foreach ((string header, string value) in metadata)
        {
            request.Metadata[header] = value;
        }

        return Client.PutObjectAsync(request);
    }

    /// <summary>Puts many small objects, 32 at a time.</summary>
    public Task PutManyAsync(IEnumerable<(string Key, byte[] Body)> objects) => Parallel.ForEachAsync(
        objects, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (item, _) => await PutAsync(item.Key, item.Body));

    /// <summary>Every key with its size, in order.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ListAsync(string prefix = "")
    {
        SortedDictionary<string, long> keys = new(StringComparer.Ordinal);
        ListObjectsV2Request request = new() { BucketName = Name, Prefix = prefix };
        while (true)
        {
            ListObjectsV2Response page = await Client.ListObjectsV2Async(request);
            foreach (S3Object item in page.S3Objects ?? [])
            {
                keys.Add(item.Key, item.Size ?? 0);
            }

            if (page.IsTruncated != true)
            {
                return keys;
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    /// <summary>An object's user metadata, names without their prefix.</summary>
    public async Task<IReadOnlyDictionary<string, string>> MetadataAsync(string key)
    {
        GetObjectMetadataResponse response = await Client.GetObjectMetadataAsync(Name, key);
        return response.Metadata.Keys.ToDictionary(item => item["x-amz-meta-".Length..], item => response.Metadata[item]);
    }

    public async Task<byte[]> GetAsync(string key)
    {
        using GetObjectResponse response = await Client.GetObjectAsync(Name, key);
        using MemoryStream body = new();
        await response.ResponseStream.CopyToAsync(body);
        return body.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string[] keys in (await ListAsync()).Keys.Chunk(1000))
        {
            if (HasNotifications)
            {
                foreach (string key in keys)
                {
                    await Client.DeleteObjectAsync(Name, key);
                }

                continue;
            }

            await Client.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = Name, Objects = [.. keys.Select(key => new KeyVersion { Key = key })] });
        }

        await Client.DeleteBucketAsync(Name);
        Client.Dispose();
    }
}
