using FsxFuse.Metadata.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Metadata.Tests.Sqlite;

public sealed class DamageTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string FilePath => _scratch.File("meta.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public async Task Garbage_is_refused(int length)
    {
        byte[] garbage = new byte[length];
        new Random(1).NextBytes(garbage);
        await File.WriteAllBytesAsync(FilePath, garbage);
        Assert.Equal(MetadataFailure.Corrupt, await FailureAsync());
        Assert.Equal(garbage, await File.ReadAllBytesAsync(FilePath));
    }

    [Fact]
    public async Task A_truncated_file_is_refused()
    {
        await MakeAsync(2000);
        using (FileStream file = File.OpenWrite(FilePath))
            file.SetLength(file.Length / 2 / 4096 * 4096);
        Assert.Equal(MetadataFailure.Corrupt, await FailureAsync());
    }

    [Fact]
    public async Task Damaged_pages_are_refused()
    {
        await MakeAsync(2000);
        using (FileStream file = File.OpenWrite(FilePath))
        {
            byte[] garbage = new byte[16_384];
            new Random(2).NextBytes(garbage);
            file.Position = file.Length / 2 / 4096 * 4096;
            file.Write(garbage);
        }

        Assert.Equal(MetadataFailure.Corrupt, await FailureAsync());
    }

    [Fact]
    public async Task A_damaged_page_met_later_is_told_as_damage()
    {
        await MakeAsync(2000);
        using (FileStream file = File.OpenWrite(FilePath))
        {
            // Past the first pages (schema and roots), so that it opens; a page check would find it.
            byte[] garbage = new byte[4096];
            Array.Fill(garbage, (byte)0xEE);
            for (file.Position = 40 * 4096; file.Position < file.Length - 4096;)
                file.Write(garbage);
        }

        await using SqliteMetadataStore store = await OpenAsync(new SqliteStoreOptions { Path = FilePath, CheckAtOpenBytes = 0 });
        MetadataStoreException error = await Assert.ThrowsAsync<MetadataStoreException>(async () =>
        {
            for (int i = 0; i < 2000; i++)
                await store.LookupAsync(InodeRow.RootId, new FileName($"file-{i}"));
        });
        Assert.Equal(MetadataFailure.Corrupt, error.Failure);
        Assert.NotEmpty(await store.CheckAsync());
    }

    [Fact]
    public async Task Another_programs_database_is_refused()
    {
        using (Database database = Database.Open(FilePath, create: true))
            database.Execute("CREATE TABLE t(a); PRAGMA user_version = 1");
        Assert.Equal(MetadataFailure.Corrupt, await FailureAsync());
        Assert.Equal(MetadataFailure.Corrupt, await FailureAsync(create: true));
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await MakeAsync(1);
        using (Database database = Database.Open(FilePath, create: false))
            database.Execute("PRAGMA user_version = 99");
        Assert.Equal(MetadataFailure.Newer, await FailureAsync());
    }

    [Fact]
    public async Task A_directory_without_permission_to_write_is_no_mystery()
    {
        MetadataStoreException error = await Assert.ThrowsAsync<MetadataStoreException>(() =>
            OpenAsync(new SqliteStoreOptions { Path = _scratch.File("none/meta.db"), CreateIfMissing = true }));
        Assert.Equal(MetadataFailure.Broken, error.Failure);
        Assert.Contains("none/meta.db", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_is_a_store_of_its_own()
    {
        await MakeAsync(100);
        await using SqliteMetadataStore store = await OpenAsync(new SqliteStoreOptions { Path = FilePath });
        await store.BackupAsync(_scratch.File("copy.db"));
        await using SqliteMetadataStore copy = await OpenAsync(new SqliteStoreOptions { Path = _scratch.File("copy.db") });
        Assert.NotNull(await copy.LookupAsync(InodeRow.RootId, new FileName("file-99")));
        Assert.Empty(await copy.CheckAsync());
    }

    private static Task<SqliteMetadataStore> OpenAsync(SqliteStoreOptions options) =>
        SqliteMetadataStore.OpenAsync(options, TimeProvider.System, NullLogger.Instance);

    private async Task MakeAsync(int files)
    {
        await using SqliteMetadataStore store = await OpenAsync(new SqliteStoreOptions { Path = FilePath, CreateIfMissing = true });
        for (int i = 0; i < files; i++)
        {
            long id = store.AllocateIds();
            await store.CommitAsync(new Batch()
                .Add(new RowWrite.PutInode(new InodeRow { Id = id, Ino = id, Mode = 0x81A4 }))
                .Add(new RowWrite.PutDentry(new DentryRow { Parent = 1, Name = new FileName($"file-{i}"), Child = id, Cookie = id })));
        }
    }

    private async Task<MetadataFailure> FailureAsync(bool create = false) => (await Assert.ThrowsAsync<MetadataStoreException>(() =>
        OpenAsync(new SqliteStoreOptions { Path = FilePath, CreateIfMissing = create }))).Failure;
}
