using System.Text.Json;
using FsxFuse.Metadata;
using FsxFuse.Metadata.Sqlite;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Tests.Import;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Repository.Tests.Links;

public sealed class LinkSetTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fsxfuse-links-").FullName;
    private SqliteMetadataStore _store = null!;
    private LinkSet _links = null!;
    private int _opened;

    public async Task InitializeAsync()
    {
        _store = await SqliteMetadataStore.OpenAsync(
            new SqliteStoreOptions { Path = Path.Combine(_directory, "metadata.db"), CreateIfMissing = true }, TimeProvider.System, NullLogger.Instance);
        _links = new LinkSet(_store, Open, TimeProvider.System, 5, 6);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _links.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_link_makes_its_directory_unlisted_and_is_found_again()
    {
        long a = await MakeDirectoryAsync(InodeRow.RootId, "a");
        LinkOptions options = new() { Endpoint = "http://127.0.0.1:1", ExportPolicy = RepositoryEvents.New | RepositoryEvents.Deleted, Conflict = ConflictPolicy.RepositoryWins, DefaultUid = 9 };
        Link link = await _links.CreateAsync(RepositoryUrl.Parse("s3://bucket/x"), a, "/a", options);
        Assert.Matches("^dra-[0-9a-f]{17}$", link.Row.AssociationId);
        DirectoryRow row = (await _store.GetDirectoryAsync(a))!;
        Assert.Equal((ListingState.Unlisted, link.Id, "x/"), (row.Listing, row.LinkId, row.Prefix!));
        Assert.Equal(0, _opened);

        await using LinkSet again = new(_store, Open, TimeProvider.System, 5, 6);
        await again.LoadAsync();
        Link loaded = Assert.Single(again.All);
        Assert.Equal((options, 9u, 6u), (loaded.Options, loaded.Uid, loaded.Gid));
        Assert.Same(loaded, again.Find(link.Row.AssociationId));
        Assert.Same(loaded, again.FindByDirectory(a));
        Assert.Same(loaded, again.FindByUrl(RepositoryUrl.Parse("s3://bucket/x/y")));
        Assert.Same(loaded.Store, loaded.Store);
        Assert.Equal(1, _opened);
    }

    [Fact]
    public async Task Links_may_not_overlap()
    {
        long a = await MakeDirectoryAsync(InodeRow.RootId, "a"), b = await MakeDirectoryAsync(InodeRow.RootId, "b");
        await _links.CreateAsync(RepositoryUrl.Parse("s3://bucket/x"), a, "/a", new LinkOptions());
        long inside = await MakeDirectoryAsync(a, "inside", linkId: 1, prefix: "x/inside/");
        await RefusedAsync("s3://bucket/x/y", b, "/b", "overlaps");
        await RefusedAsync("s3://bucket", b, "/b", "overlaps");
        await RefusedAsync("s3://other", inside, "/a/inside", "nested");
        await RefusedAsync("s3://other", a, "/a", "lies inside");
        await RefusedAsync("s3://other", InodeRow.RootId, "/", "only when");
        Assert.Equal(2, (await _links.CreateAsync(RepositoryUrl.Parse("s3://bucket/xy"), b, "/b", new LinkOptions())).Id);
    }

    [Fact]
    public async Task A_directory_with_names_in_it_is_refused()
    {
        long a = await MakeDirectoryAsync(InodeRow.RootId, "a");
        await MakeDirectoryAsync(a, "b");
        await RefusedAsync("s3://bucket", a, "/a", "not empty");
    }

    [Fact]
    public async Task Numbers_are_never_used_again()
    {
        long a = await MakeDirectoryAsync(InodeRow.RootId, "a"), b = await MakeDirectoryAsync(InodeRow.RootId, "b");
        Link first = await _links.CreateAsync(RepositoryUrl.Parse("s3://bucket/x"), a, "/a", new LinkOptions());
        await _store.CommitAsync(new Batch().Add(new RowWrite.DeleteLink(first.Id)));
        await _links.LoadAsync();
        Assert.Empty(_links.All);
        Assert.Equal(first.Id + 1, (await _links.CreateAsync(RepositoryUrl.Parse("s3://bucket/y"), b, "/b", new LinkOptions())).Id);
    }

    [Fact]
    public async Task An_update_of_policies_keeps_the_bucket_open_and_one_of_the_connection_does_not()
    {
        long a = await MakeDirectoryAsync(InodeRow.RootId, "a");
        Link link = await _links.CreateAsync(RepositoryUrl.Parse("s3://bucket/x"), a, "/a", new LinkOptions());
        IObjectStore store = link.Store;
        Link policies = await _links.UpdateAsync(link.Id, r => r with { Options = new LinkOptions { ExportPolicy = RepositoryEvents.None }.ToJson() });
        Assert.Same(store, policies.Store);
        Assert.False(policies.Options.AutoExport);
        Link moved = await _links.UpdateAsync(link.Id, r => r with { Options = new LinkOptions { Endpoint = "http://127.0.0.1:2" }.ToJson(), Path = "/elsewhere" });
        Assert.NotSame(store, moved.Store);
        Assert.Equal("/a", moved.Row.Path);
    }

    [Fact]
    public void Options_are_stored_as_json_that_people_can_read()
    {
        string json = new LinkOptions { Conflict = ConflictPolicy.KeepBoth, ImportPolicy = RepositoryEvents.New | RepositoryEvents.Changed }.ToJson();
        Assert.Contains("\"importPolicy\":[\"NEW\",\"CHANGED\"]", json, StringComparison.Ordinal);
        Assert.Contains("\"conflict\":\"keep-both\"", json, StringComparison.Ordinal);
        Assert.Equal(new LinkOptions(), LinkOptions.FromJson("{\"somethingNewer\":1}"));
        Assert.Throws<JsonException>(() => LinkOptions.FromJson("{\"importPolicy\":[\"SOMETIMES\"]}"));
    }

    [Fact]
    public async Task Keys_follow_from_paths_and_paths_from_keys()
    {
        long a = await MakeDirectoryAsync(InodeRow.RootId, "a");
        Link link = await _links.CreateAsync(RepositoryUrl.Parse("s3://bucket/x"), a, "/a", new LinkOptions());
        long b = await MakeDirectoryAsync(a, "b", link.Id, "somewhere/else/");
        long c = await MakeDirectoryAsync(b, "ç", link.Id, "x/b/ç/");
        NamespacePaths paths = new(_store, _links);
        Assert.Equal("/a/b/ç", await paths.GetDirectoryPathAsync(c));
        Assert.Equal("/a/b/ç", await paths.GetPathAsync(c));
        Assert.Equal("x/b/ç/", (await paths.GetPrefixAsync(c))!.Value.Key);
        Assert.Equal("x/b/ç/f", (await paths.GetKeyAsync(c, new FileName("f"), isDirectory: false))!.Value.Key);
        Assert.Equal(KeyFault.NameNotUtf8, (await paths.GetKeyAsync(c, new FileName(new byte[] { 0xFF }), isDirectory: false))!.Value.Fault);
        Assert.Null((await paths.GetPrefixAsync(InodeRow.RootId))!.Value.Link);
        Assert.Null(await paths.GetPrefixAsync(4711));
        Assert.Equal(c, (await paths.ResolveKeyAsync(link, "x/b/ç/"))!.Value.Inode.Id);
        Assert.Null(await paths.ResolveKeyAsync(link, "x/b/ç"));
        Assert.Null(await paths.ResolveKeyAsync(link, "x/b/none/"));
        Assert.Null(await paths.ResolveKeyAsync(link, "other/b/"));
        Assert.Equal(a, (await paths.ResolveKeyAsync(link, "x/"))!.Value.Inode.Id);
        Assert.Equal(b, (await paths.ResolvePathAsync("/a/b/"))!.Value.Inode.Id);
        Assert.Equal(InodeRow.RootId, (await paths.ResolvePathAsync("/"))!.Value.Inode.Id);
        Assert.Null(await paths.ResolvePathAsync("/a/x"));
    }

    private MemoryObjectStore Open(RepositoryUrl url, LinkOptions options)
    {
        _opened++;
        return new MemoryObjectStore();
    }

    private async Task RefusedAsync(string url, long directory, string path, string why)
    {
        LinkException e = await Assert.ThrowsAsync<LinkException>(() => _links.CreateAsync(RepositoryUrl.Parse(url), directory, path, new LinkOptions()));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    private async Task<long> MakeDirectoryAsync(long parent, string name, int linkId = 0, string? prefix = null)
    {
        long id = _store.AllocateIds(2);
        Batch batch = new();
        batch.Add(new RowWrite.PutInode(new InodeRow { Id = id, Ino = id, Version = 1, Mode = FileType.Directory | 0x1ED, NLink = 2 }));
        batch.Add(new RowWrite.PutDirectory(new DirectoryRow { Id = id, Parent = parent, Name = new FileName(name), Version = 1, LinkId = linkId, Prefix = prefix }));
        batch.Add(new RowWrite.PutDentry(new DentryRow { Parent = parent, Name = new FileName(name), Child = id, Type = 4, Cookie = id + 1 }));
        Assert.True((await _store.CommitAsync(batch)).Committed);
        return id;
    }
}
