using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Objects.Local;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>The conformance suite on a directory.</summary>
public sealed class LocalConformanceTests : ObjectStoreConformance
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fsxfuse-store-").FullName;

    protected override bool AnyKey => false;

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new LocalObjectStore(_directory));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
