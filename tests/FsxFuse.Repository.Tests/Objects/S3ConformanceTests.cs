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
}
