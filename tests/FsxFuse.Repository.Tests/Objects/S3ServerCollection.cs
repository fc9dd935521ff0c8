namespace FsxFuse.Repository.Tests.Objects;

/// <summary>Tests that share one server.</summary>
[CollectionDefinition(Name)]
public sealed class S3ServerCollection : ICollectionFixture<S3ServerFixture>
{
    public const string Name = "S3 server";
}
