using System.Text;
using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Metadata.Sqlite;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Loading;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Objects.Local;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Repository.Tests.Export;

/// <summary>A bucket, a link to it, a namespace that changes as the file system changes it, and an exporter that can be killed and started again.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly string _directory;
    private readonly IObjectStore _owned;
    private readonly Func<ExportOptions> _options;
    private SqliteMetadataStore? _store;
    private LinkSet? _links;

    private Rig(string directory, IObjectStore bucket, string prefix, Func<ExportOptions> options)
    {
        _directory = directory;
        _owned = bucket;
        _options = options;
        Prefix = prefix;
        Bucket = new FaultyObjectStore(bucket) { Limits = bucket is LocalObjectStore ? bucket.Limits with { MinPartSize = 1 } : bucket.Limits };
    }

    public string Prefix { get; }

    public FaultyObjectStore Bucket { get; }

    public IMetadataStore Store => _store!;

    public LinkSet Links => _links!;

    public Link Link => _links!.All[0];

    public ContentCache Cache { get; private set; } = null!;

    public Importer Importer { get; private set; } = null!;

    public Exporter Exporter { get; private set; } = null!;

    public Namespace Tree { get; private set; } = null!;

    public static async Task<Rig> StartAsync(
        LinkOptions? link = null, Func<ExportOptions>? options = null, Func<Rig, Task>? fill = null, bool exporting = true, IObjectStore? bucket = null, string prefix = "data/")
    {
        string directory = Directory.CreateTempSubdirectory("fsxfuse-export-").FullName;
        Directory.CreateDirectory(Path.Combine(directory, "bucket"));
        Rig rig = new(directory, bucket ?? new LocalObjectStore(Path.Combine(directory, "bucket")), prefix, options ?? DefaultOptions);
        if (fill is not null)
            await fill(rig);
        await rig.OpenAsync();
        await rig.Links.CreateAsync(RepositoryUrl.Parse("s3://bucket/" + prefix), InodeRow.RootId, "/", link ?? new LinkOptions());
        await rig.Importer.ListAsync(InodeRow.RootId);
        if (exporting)
            await rig.ExportAsync();
        rig.Bucket.ResetCounts();
        return rig;
    }

    public static ExportOptions DefaultOptions() => new()
    {
        Coalesce = TimeSpan.Zero,
        RetryFirst = TimeSpan.FromMilliseconds(20),
        RetryMax = TimeSpan.FromMilliseconds(200),
        SmallFileLimit = 64 << 10,
        PartSize = 64 << 10,
        Host = "rig",
    };

    /// <summary>Starts the exporter.</summary>
    public async Task ExportAsync()
    {
        Exporter = new Exporter("fs-0123456789abcdef0", Store, Links, Cache, Importer, new MemoryBudget(64 << 20), TimeProvider.System, Logger, _options());
        await Exporter.StartAsync(CancellationToken.None);
    }

    /// <summary>Ends everything as a crash would leave it, and starts anew on the same metadata, cache and bucket.</summary>
    public async Task RestartAsync(bool exporting = true)
    {
        await CloseAsync();
        await OpenAsync();
        await Links.LoadAsync();
        if (exporting)
            await ExportAsync();
    }

    public Task<DrainResult> DrainAsync(params string[] paths) => Exporter.DrainAsync(paths.Length == 0 ? null : paths, null, CancellationToken.None);

    /// <summary>Waits until the queue is empty.</summary>
    public async Task IdleAsync(int seconds = 60)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(seconds);
        while ((await Store.GetExportSummaryAsync()).Count > 0)
        {
            if (DateTime.UtcNow > end)
            {
                IReadOnlyList<ExportRow> left = await Store.GetExportsAsync(long.MaxValue, 0, 20);
                Assert.Fail("Still queued: " + string.Join("; ", left.Select(row => $"{EntryId.Of(row)} try {row.Attempts}: {row.LastError}")));
            }
            await Task.Delay(10);
        }
    }

    public async Task PutAsync(string key, string text, params (string, string)[] metadata) =>
        await _owned.PutAsync(Prefix + key, BodySource.FromMemory(Encoding.UTF8.GetBytes(text)), new PutOptions { Metadata = metadata.ToDictionary(pair => pair.Item1, pair => pair.Item2) });

    public async Task<string?> TextAsync(string key)
    {
        if (await _owned.HeadAsync(Prefix + key) is not { } info)
            return null;
        byte[] bytes = new byte[info.Size];
        await _owned.ReadRangeAsync(Prefix + key, 0, bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    public Task<ObjectInfo?> HeadAsync(string key) => _owned.HeadAsync(Prefix + key);

    public IObjectStore Direct => _owned;

    public async Task<SortedDictionary<string, string>> BucketAsync(bool markers = false)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        await foreach (ObjectEntry entry in _owned.ListAllAsync(Prefix))
        {
            if (markers || !entry.Key.EndsWith('/'))
                found.Add(entry.Key[Prefix.Length..], (await TextAsync(entry.Key[Prefix.Length..]))!);
        }
        return found;
    }

    public async Task<List<MultipartUpload>> UploadsAsync()
    {
        List<MultipartUpload> uploads = [];
        await foreach (MultipartUpload upload in _owned.ListMultipartUploadsAsync(Prefix))
            uploads.Add(upload);
        return uploads;
    }

    /// <summary>The bucket holds exactly what the tree holds, byte for byte.</summary>
    public async Task AssertMirrorAsync()
    {
        SortedDictionary<string, string> tree = await Tree.FilesAsync();
        SortedDictionary<string, string> bucket = await BucketAsync();
        Assert.Equal(string.Join("\n", tree.Keys), string.Join("\n", bucket.Keys));
        foreach ((string path, string text) in tree)
            Assert.True(text == bucket[path], $"{path}: tree '{Head(text)}' ({text.Length}), bucket '{Head(bucket[path])}' ({bucket[path].Length})");
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _owned.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static string Head(string text) => text.Length > 40 ? text[..40] + "…" : text;

    private static ILogger Logger => NullLogger.Instance;

    private async Task OpenAsync()
    {
        _store = await SqliteMetadataStore.OpenAsync(
            new SqliteStoreOptions { Path = Path.Combine(_directory, "meta.db"), CreateIfMissing = true }, TimeProvider.System, Logger);
        _links = new LinkSet(_store, (_, _) => Bucket, TimeProvider.System, 1000, 1000);
        await _links.LoadAsync();
        Importer = new Importer(_store, _links, TimeProvider.System, Logger);
        Cache = new ContentCache(
            _store, new ObjectContentSource(_store, _links, Importer, Logger), new TierOptions { Directory = Path.Combine(_directory, "tier") },
            new MemoryBudget(64 << 20), TimeProvider.System, Logger);
        await Cache.RecoverAsync(CancellationToken.None);
        Tree = new Namespace(_store, Cache, _links, Importer);
    }

    private async Task CloseAsync()
    {
        if (Exporter is not null)
            await Exporter.DisposeAsync();
        await Importer.DisposeAsync();
        await Cache.DisposeAsync();
        await _links!.DisposeAsync();
        await _store!.DisposeAsync();
        Exporter = null!;
    }
}
