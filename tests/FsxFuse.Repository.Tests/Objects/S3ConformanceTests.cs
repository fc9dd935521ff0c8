using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Objects.S3;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>The conformance suite on a real S3 server.</summary>
[Collection(S3ServerCollection.Name)]
public sealed class S3ConformanceTests(S3ServerFixture server) : ObjectStoreConformance
{
    // Ceph RGW 16 repeats the key as it is in its answers about uploads, which makes them no XML.
    protected override bool UploadsToAnyKey => false;

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new S3ObjectStore(server.Options));

    [Fact]
    public async Task Objects_too_large_for_one_copy_are_copied_in_parts_with_all_that_was_said_of_them()
    {
        await using var store = new S3ObjectStore(server.Options with { Limits = ObjectStoreLimits.AmazonS3 with { MaxPutSize = 12 << 20 }, CopyPartSize = 5 << 20 });
        byte[] bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(12 << 20);
        var options = new PutOptions
        {
            Metadata = new Dictionary<string, string> { ["a"] = "1" },
            Headers = new ObjectHeaders { ContentType = "text/css" },
            Tags = new Dictionary<string, string> { ["t"] = "1" },
        };
        PutResult put = await store.PutAsync(Prefix + "src", BodySource.FromMemory(bytes), options);
        await using var smaller = new S3ObjectStore(server.Options with { Limits = ObjectStoreLimits.AmazonS3 with { MaxPutSize = 6 << 20 }, CopyPartSize = 5 << 20 });
        PutResult copy = await smaller.CopyAsync(new CopyRequest { Source = new(Prefix + "src", put.ETag), DestinationKey = Prefix + "dst" });
        ObjectInfo info = (await store.HeadAsync(Prefix + "dst"))!;
        Assert.EndsWith("-3", info.ETag, StringComparison.Ordinal);
        Assert.Equal((copy.ETag, "text/css", "1"), (info.ETag, info.Headers.ContentType, info.Metadata["a"]));
        Assert.Equal(options.Tags, await store.GetTagsAsync(Prefix + "dst"));
        byte[] back = new byte[bytes.Length];
        await store.ReadRangeAsync(Prefix + "dst", 0, back, copy.ETag);
        Assert.Equal(bytes, back);
        await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => smaller.CopyAsync(new CopyRequest { Source = new(Prefix + "src", "wrong"), DestinationKey = Prefix + "x" }));
    }
}
