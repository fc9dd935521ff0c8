using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>
/// How bodies are sent and protected. Amazon's endpoints get a CRC-32 trailer computed while sending. Others get, over TLS,
/// Content-MD5 and an unsigned payload; without TLS the signature itself covers a SHA-256 of the body. A body that changes
/// between the two readings is refused by the server in either case.
/// </summary>
internal sealed class S3Bodies(S3Endpoint endpoint, bool anonymous)
{
    public void Apply(PutObjectRequest request, BodySource body, ReadOnlyMemory<byte> knownMd5)
    {
        request.InputStream = body.Open();
        request.AutoCloseStream = true;
        if (endpoint.TrailingChecksums)
        {
            request.ChecksumAlgorithm = ChecksumAlgorithm.CRC32;
            request.DisablePayloadSigning = endpoint.Tls ? true : null;
            return;
        }
        request.UseChunkEncoding = false;
        request.DisablePayloadSigning = endpoint.Tls ? true : null;
        request.MD5Digest = Md5(body, knownMd5);
    }

    public void Apply(UploadPartRequest request, BodySource body)
    {
        request.InputStream = body.Open();
        request.PartSize = body.Length;
        if (endpoint.TrailingChecksums)
        {
            request.ChecksumAlgorithm = ChecksumAlgorithm.CRC32;
            request.DisablePayloadSigning = endpoint.Tls ? true : null;
            return;
        }
        request.UseChunkEncoding = false;
        request.DisablePayloadSigning = endpoint.Tls ? true : null;
        request.MD5Digest = Md5(body, ReadOnlyMemory<byte>.Empty);
    }

#pragma warning disable CA5351 // Content-MD5 guards against accidents on the way, as the S3 protocol defines it; it is no signature.
    private string? Md5(BodySource body, ReadOnlyMemory<byte> known)
    {
        if (known.Length == MD5.HashSizeInBytes)
            return Convert.ToBase64String(known.Span);
        // Where the SHA-256 of the body is signed already, a second hash would protect nothing more.
        if (!endpoint.Tls && !anonymous)
            return null;
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        if (body is MemoryBodySource memory)
        {
            MD5.HashData(memory.Bytes.Span, hash);
        }
        else
        {
            using Stream stream = body.Open();
            MD5.HashData(stream, hash);
        }
        return Convert.ToBase64String(hash);
    }
#pragma warning restore CA5351
}
