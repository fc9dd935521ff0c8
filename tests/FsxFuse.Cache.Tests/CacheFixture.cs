using FsxFuse.Metadata;
using FsxFuse.Metadata.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Cache.Tests;

/// <summary>A cache on a scratch directory with a real store; can be crashed, and started under another boot.</summary>
internal sealed class CacheFixture : IAsyncDisposable
{
    private readonly List<ContentCache> _crashed = [];
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "fsx-cache-" + Guid.NewGuid().ToString("N"));
    private int _boot;

    public SqliteMetadataStore Store { get; private set; } = null!;

    public TestSource Source { get; } = new();

    public MemoryBudget Memory { get; private init; } = null!;

    public ContentCache Cache { get; private set; } = null!;

    public TierOptions Options { get; private set; } = null!;

    public string TierDirectory => Options.Directory;

    public static async Task<CacheFixture> CreateAsync(long memory = 64 << 20, string? tier = null, Func<TierOptions, TierOptions>? options = null)
    {
        var fixture = new CacheFixture { Memory = new MemoryBudget(memory) };
        Directory.CreateDirectory(fixture._directory);
        fixture.Store = await SqliteMetadataStore.OpenAsync(
            new SqliteStoreOptions { Path = Path.Combine(fixture._directory, "meta.db"), CreateIfMissing = true }, TimeProvider.System, NullLogger.Instance);
        fixture.Options = new TierOptions { Directory = tier ?? Path.Combine(fixture._directory, "tier"), BootId = "boot-0" };
        if (options is not null)
            fixture.Options = options(fixture.Options);
        await fixture.StartAsync();
        return fixture;
    }

    /// <summary>Drops the cache as a kill would, and starts another one on what is left.</summary>
    public async Task CrashAsync(bool reboot = false)
    {
        _crashed.Add(Cache);
        if (reboot)
            Options = Options with { BootId = $"boot-{++_boot}" };
        await StartAsync();
    }

    public async Task RestartAsync(bool reboot)
    {
        await Cache.DisposeAsync();
        if (reboot)
            Options = Options with { BootId = $"boot-{++_boot}" };
        await StartAsync();
    }

    /// <summary>A released file whose bytes are an object's; returns its content.</summary>
    public async Task<long> AddObjectAsync(byte[] bytes)
    {
        string key = $"object-{Guid.NewGuid():N}";
        Source.Put(key, bytes);
        return await AddAsync(key, bytes.Length);
    }

    public Task<long> AddPatternAsync(long length) => AddAsync($"pattern-{Guid.NewGuid():N}", length);

    /// <summary>A new empty file, being written, attached.</summary>
    public async Task<Content> AddNewAsync()
    {
        long inode = Store.AllocateIds(2);
        ContentRow row = Cache.NewContent(inode + 1, inode);
        await CommitAsync(new Batch().Add(new RowWrite.PutInode(Inode(inode, row.Id, 0))).Add(new RowWrite.PutContent(row)));
        return Cache.Attach(row);
    }

    public async Task<InodeRow> InodeOfAsync(long content) => (await Store.GetInodeAsync((await Store.GetContentAsync(content))!.Inode))!;

    public string FileOf(long id) => Path.Combine(TierDirectory, "contents", (id >> 12).ToString("x"), id.ToString("x"));

    public async Task RestAsync(Content content)
    {
        InodeRow inode = await InodeOfAsync(content.Id);
        await content.RestAsync(batch => batch.Update(inode, inode with { Size = content.Length, MtimeNs = content.Stat().MtimeNs }), default);
    }

    public async Task<bool> ExportAsync(Content content)
    {
        await content.EnsureResidentAsync(0, long.MaxValue, null, default);
        using ContentSnapshot snapshot = content.OpenSnapshot();
        byte[] bytes = new byte[snapshot.Length];
        Assert.Equal(bytes.Length, RandomAccess.Read(snapshot.Handle, bytes, 0));
        string key = $"object-{Guid.NewGuid():N}";
        Source.Put(key, bytes);
        return await content.MarkCleanAsync(snapshot, new SourceVersion(1, key, TestSource.TagOf(key), null), null, default);
    }

    public static async Task EventuallyAsync(Func<bool> condition)
    {
        for (int i = 0; i < 500 && !condition(); i++)
            await Task.Delay(10);
        Assert.True(condition());
    }

    public async Task CommitAsync(Batch batch) => Assert.True((await Store.CommitAsync(batch)).Committed);

    public static bool Same(byte[] expected, byte[] actual) => expected.AsSpan().SequenceEqual(actual);

    public static byte[] Random(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static async Task<byte[]> ReadAllAsync(Content content, int piece = 128 << 10, ReadCursor? cursor = null)
    {
        byte[] bytes = new byte[content.Length];
        for (int done = 0; done < bytes.Length;)
        {
            int count = Math.Min(piece, bytes.Length - done);
            if (!content.TryRead(done, bytes.AsSpan(done, count), out int read))
                read = await content.ReadAsync(done, bytes.AsMemory(done, count), cursor, default);
            Assert.Equal(count, read);
            done += read;
        }

        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        foreach (ContentCache cache in _crashed)
            await cache.DisposeAsync();
        Assert.Equal(0, Memory.Used);
        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync()
    {
        Cache = new ContentCache(Store, Source, Options, Memory, TimeProvider.System, NullLogger.Instance);
        await Cache.RecoverAsync(default);
        await Cache.Upkeep.Scanned.Task;
    }

    private async Task<long> AddAsync(string key, long length)
    {
        long inode = Store.AllocateIds(2);
        var row = new ContentRow
        {
            Id = inode + 1,
            Inode = inode,
            Version = 1,
            SourceLink = 1,
            SourceKey = key,
            SourceETag = TestSource.TagOf(key),
            SourceLength = length,
        };
        await CommitAsync(new Batch().Add(new RowWrite.PutInode(Inode(inode, row.Id, length))).Add(new RowWrite.PutContent(row)));
        return row.Id;
    }

    private static InodeRow Inode(long id, long content, long size) =>
        new() { Id = id, Ino = id, Version = 1, Mode = FileType.Regular | 0x1A4, ContentId = content, Size = size, MtimeNs = 1_000_000_000 };
}
