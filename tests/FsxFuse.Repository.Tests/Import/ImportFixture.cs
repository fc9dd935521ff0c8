using FsxFuse.Metadata;
using FsxFuse.Metadata.Sqlite;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Repository.Tests.Import;

/// <summary>A file system whose root is linked to a bucket in memory.</summary>
internal sealed class ImportFixture : IAsyncDisposable
{
    private readonly string _directory;

    private ImportFixture(string directory, SqliteMetadataStore store, MemoryObjectStore bucket, LinkSet links, Link link, Importer importer)
    {
        _directory = directory;
        Store = store;
        Bucket = bucket;
        Links = links;
        Link = link;
        Importer = importer;
        Paths = new NamespacePaths(store, links);
    }

    public SqliteMetadataStore Store { get; }

    public MemoryObjectStore Bucket { get; }

    public LinkSet Links { get; }

    public Link Link { get; }

    public Importer Importer { get; }

    public NamespacePaths Paths { get; }

    public static async Task<ImportFixture> CreateAsync(LinkOptions? options = null, string url = "s3://bucket/p/")
    {
        string directory = Directory.CreateTempSubdirectory("fsxfuse-import-").FullName;
        SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(
            new SqliteStoreOptions { Path = Path.Combine(directory, "metadata.db"), CreateIfMissing = true }, TimeProvider.System, NullLogger.Instance);
        MemoryObjectStore bucket = new();
        LinkSet links = new(store, (_, _) => bucket, TimeProvider.System, 1000, 1001);
        Link link = await links.CreateAsync(RepositoryUrl.Parse(url), InodeRow.RootId, "/", options ?? new LinkOptions());
        return new ImportFixture(directory, store, bucket, links, link, new Importer(store, links, TimeProvider.System, NullLogger.Instance));
    }

    public async Task<NamedInode?> FindAsync(string path) => await Paths.ResolvePathAsync(path);

    public async Task<NamedInode> GetAsync(string path) => await FindAsync(path) ?? throw new InvalidOperationException($"no {path}");

    public async Task<List<NamedInode>> ReadAsync(long directory = InodeRow.RootId)
    {
        List<NamedInode> entries = [];
        await Store.ReadDirectoryPlusAsync(directory, 0, 1_000_000, entries);
        return entries;
    }

    public async Task<List<string>> NamesAsync(long directory = InodeRow.RootId) =>
        [.. (await ReadAsync(directory)).Select(e => e.Dentry.Name.ToString()).Order(StringComparer.Ordinal)];

    public Task<RefreshCounts> RefreshAsync(string? prefix = null, bool attributes = false) =>
        Importer.RefreshAsync(new RefreshRequest { Link = Link, KeyPrefix = prefix ?? Link.Prefix, ReadAttributes = attributes });

    public async Task CommitAsync(Action<Batch> fill)
    {
        Batch batch = new("a local change");
        fill(batch);
        CommitResult result = await Store.CommitAsync(batch);
        Assert.True(result.Committed, result.FailedGuard?.ToString());
    }

    /// <summary>What unlink(2) commits.</summary>
    public async Task UnlinkAsync(string path, bool queue = true)
    {
        NamedInode named = await GetAsync(path);
        DirectoryRow parent = (await Store.GetDirectoryAsync(named.Dentry.Parent))!;
        await CommitAsync(batch =>
        {
            batch.Add(new RowWrite.DeleteDentry(named.Dentry.Parent, named.Dentry.Name));
            batch.Update(named.Inode, named.Inode with { NLink = 0 });
            batch.Add(new RowWrite.PutOrphan(named.Inode.Id));
            if (queue)
                QueueKey(batch, parent.Prefix + named.Dentry.Name);
        });
    }

    public void QueueKey(Batch batch, string key) => batch.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Key, LinkId = Link.Id, Key = key, QueuedNs = 1 }));

    /// <summary>What a create commits: an empty local file.</summary>
    public async Task CreateFileAsync(long parent, string name)
    {
        long id = Store.AllocateIds(2);
        await CommitAsync(batch =>
        {
            batch.Add(new RowWrite.PutInode(new InodeRow { Id = id, Ino = id, Version = 1, Mode = FileType.Regular | 0x1A4 }));
            batch.Add(new RowWrite.PutDentry(new DentryRow { Parent = parent, Name = new FileName(name), Child = id, Type = 8, Cookie = id + 1 }));
            batch.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = id, QueuedNs = 1 }));
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Importer.DisposeAsync();
        await Links.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
