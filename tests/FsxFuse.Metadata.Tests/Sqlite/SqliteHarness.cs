using FsxFuse.Metadata.Sqlite;
using FsxFuse.Metadata.Tests.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Metadata.Tests.Sqlite;

/// <summary>A store in a directory of its own. One process has one store, so the second connection is the first.</summary>
public sealed class SqliteHarness : StoreHarness
{
    private readonly List<IMetadataStore> _killed = [];
    private readonly List<ScratchDirectory> _scratch = [new()];

    private string FilePath => _scratch[^1].File("meta.db");

    public override async Task<IMetadataStore> OpenAsync() => await SqliteMetadataStore.OpenAsync(
        new SqliteStoreOptions { Path = FilePath, CreateIfMissing = true }, TimeProvider.System, NullLogger.Instance);

    public override Task<IMetadataStore> OpenSecondAsync(IMetadataStore first) => Task.FromResult(first);

    public override async Task<IMetadataStore> OpenAfterKillAsync(IMetadataStore killed)
    {
        // What is in the files now is what a killed process leaves: the kernel keeps what was written.
        ScratchDirectory copy = new();
        foreach (string suffix in new[] { "", "-wal" })
            File.Copy(FilePath + suffix, copy.File("meta.db" + suffix));
        _killed.Add(killed);
        _scratch.Add(copy);
        return await OpenAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (IMetadataStore store in _killed)
            await store.DisposeAsync();
        _scratch.ForEach(scratch => scratch.Dispose());
    }
}
