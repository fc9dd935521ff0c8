namespace FsxFuse.Repository.Objects;

/// <summary>Sizes that a repository accepts, in bytes.</summary>
/// <param name="MaxPutSize">Largest object in one PUT, and largest copy in one request.</param>
/// <param name="MinPartSize">Smallest part, except the last one.</param>
/// <param name="MaxPartSize">Largest part.</param>
/// <param name="MaxParts">Most parts in one upload; part numbers run from 1 to this.</param>
/// <param name="MaxObjectSize">Largest object at all.</param>
public sealed record ObjectStoreLimits(long MaxPutSize, long MinPartSize, long MaxPartSize, int MaxParts, long MaxObjectSize)
{
    /// <summary>What Amazon S3 documents (Amazon S3 multipart upload limits).</summary>
    public static ObjectStoreLimits AmazonS3 { get; } = new(5L << 30, 5L << 20, 5L << 30, 10_000, 5L << 40);
}
