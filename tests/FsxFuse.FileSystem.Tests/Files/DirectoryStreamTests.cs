using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

public sealed class DirectoryStreamTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_entry_comes_once_whatever_is_added_meanwhile(bool withInodes)
    {
        for (int i = 0; i < 300; i++)
        {
            await _bench.MakeAsync(_bench.Root, $"f{i}");
        }

        List<string> seen = [];
        OpenDirectory open = new(_bench.Root);
        ulong cookie = 0;
        while (true)
        {
            int index = await _bench.Directories.FillAsync(open, cookie, withInodes, default);
            if (index >= open.Chunk.Count)
            {
                break;
            }

            DentryRow entry = open.Chunk[index].Dentry;
            seen.Add(Text(entry));
            cookie = Directories.ToCookie(entry);
            await _bench.MakeAsync(_bench.Root, $"added{seen.Count}");
        }

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"f{i}"), seen);
        await _bench.Directories.FillAsync(open, 0, withInodes, default);
        Assert.Contains(open.Chunk, entry => Text(entry.Dentry) == "f0");
    }

    [Fact]
    public async Task A_renamed_entry_keeps_its_place()
    {
        await _bench.MakeAsync(_bench.Root, "a");
        await _bench.MakeAsync(_bench.Root, "b");
        OpenDirectory open = new(_bench.Root);
        await _bench.Directories.FillAsync(open, 0, false, default);
        ulong after = Directories.ToCookie(open.Chunk[0].Dentry);
        await _bench.RenameAsync(_bench.Root, "a", _bench.Root, "z");
        open.ChunkAfter = -1;
        await _bench.Directories.FillAsync(open, after, false, default);
        Assert.Equal(["b"], open.Chunk.Select(entry => Text(entry.Dentry)));
    }

    [Fact]
    public async Task An_unlisted_directory_is_listed_once_for_a_handle()
    {
        await _bench.LinkRootAsync(ListingState.Unlisted);
        int lists = 0;
        _bench.Repository.OnList = async id =>
        {
            lists++;
            DirectoryRow row = (await _bench.Store.GetDirectoryAsync(id))!;
            Batch batch = new(_bench.Repository);
            batch.Update(row, row with { Listing = ListingState.Complete });
            await _bench.Store.CommitAsync(batch);
        };
        OpenDirectory open = new(_bench.Root);
        await _bench.Directories.FillAsync(open, 0, false, default);
        await _bench.Directories.FillAsync(open, 0, false, default);
        Assert.Equal(1, lists);
        Assert.True(await _bench.Names.IsCompleteAsync(_bench.Root));
    }

    private static string Text(DentryRow entry) => entry.Name.TryGetText(out string? text) ? text : "?";
}
