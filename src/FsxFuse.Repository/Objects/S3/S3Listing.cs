using System.Runtime.CompilerServices;
using System.Xml;
using Amazon.S3;
using Amazon.S3.Model;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>Listings of keys and of unfinished uploads.</summary>
internal sealed class S3Listing(S3Client client, string bucket)
{
    private const int OddPage = 7;

    public async Task<ListPage> ListAsync(ListRequest request, CancellationToken cancellationToken)
    {
        int maxKeys = Math.Clamp(request.MaxKeys, 1, 1000);
        try
        {
            return await PageAsync(request, maxKeys, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (e.InnerException is XmlException or Amazon.Runtime.AmazonUnmarshallingException)
        {
            // Ceph RGW 16 encodes the keys, but not the continuation token made of the last one: a key that XML cannot hold at the
            // end of a page makes the answer unreadable. A page that ends elsewhere is readable; a short one is made longer for it.
            int other = maxKeys > OddPage ? maxKeys - OddPage : maxKeys + OddPage;
            return await PageAsync(request, other, cancellationToken).ConfigureAwait(false);
        }
    }

    public async IAsyncEnumerable<MultipartUpload> UploadsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? keyMarker = null, idMarker = null;
        while (true)
        {
            var request = new ListMultipartUploadsRequest
            {
                BucketName = bucket,
                Prefix = prefix,
                Encoding = EncodingType.Url,
                KeyMarker = keyMarker,
                UploadIdMarker = idMarker,
            };
            ListMultipartUploadsResponse response = await client
                .SendAsync("Listing uploads in", null, s3 => s3.ListMultipartUploadsAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
            bool encoded = response.EncodingType == EncodingType.Url;
            // Ceph RGW 16 encodes the keys here without saying so, and leaves the marker as it is.
            foreach (Amazon.S3.Model.MultipartUpload upload in response.MultipartUploads ?? [])
                yield return new MultipartUpload(Decode(upload.Key, encoded || LooksEncoded(upload.Key)), upload.UploadId, S3Mapping.ToTime(upload.Initiated));
            if (response.IsTruncated != true || string.IsNullOrEmpty(response.NextKeyMarker))
                yield break;
            keyMarker = Decode(response.NextKeyMarker, encoded);
            idMarker = response.NextUploadIdMarker;
        }
    }

    private async Task<ListPage> PageAsync(ListRequest request, int maxKeys, CancellationToken cancellationToken)
    {
        var message = new ListObjectsV2Request
        {
            BucketName = bucket,
            Prefix = request.Prefix,
            Delimiter = request.Delimiter,
            StartAfter = request.ContinuationToken is null ? request.StartAfter : null,
            ContinuationToken = request.ContinuationToken,
            MaxKeys = maxKeys,
            // Without it, a key that XML cannot hold makes the whole page unreadable.
            Encoding = EncodingType.Url,
        };
        ListObjectsV2Response response = await client
            .SendAsync("Listing", request.Prefix, s3 => s3.ListObjectsV2Async(message, cancellationToken), cancellationToken).ConfigureAwait(false);
        bool encoded = response.Encoding == EncodingType.Url;
        var objects = new List<ObjectEntry>(response.S3Objects?.Count ?? 0);
        foreach (S3Object o in response.S3Objects ?? [])
            objects.Add(S3Mapping.ToEntry(o, encoded));
        List<string> prefixes = (response.CommonPrefixes ?? []).ConvertAll(p => Decode(p, encoded));
        // Ceph sorts as S3 does; servers on file systems have been seen not to.
        prefixes.Sort(ObjectKey.Order);
        bool more = response.IsTruncated == true && !string.IsNullOrEmpty(response.NextContinuationToken);
        return new ListPage(objects, prefixes, more ? response.NextContinuationToken : null);
    }

    private static bool LooksEncoded(string key)
    {
        for (int i = 0; i < key.Length; i++)
        {
            bool escape = key[i] == '%' && i + 2 < key.Length && char.IsAsciiHexDigit(key[i + 1]) && char.IsAsciiHexDigit(key[i + 2]);
            if (key[i] is <= ' ' or > '~' or '+' || (key[i] == '%' && !escape))
                return false;
        }
        return true;
    }

    private static string Decode(string text, bool encoded) => encoded ? S3Mapping.DecodeKey(text) : text;
}
