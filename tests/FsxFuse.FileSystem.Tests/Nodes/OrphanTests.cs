using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

public sealed class OrphanTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Bytes_stay_while_a_handle_is_open_and_go_with_the_last()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        OpenFile open = await _bench.OpenAsync(file);
        await _bench.Removal.UnlinkAsync(_bench.Root, new FileName("f"), default);
        Assert.Null(_bench.Volume.Nodes.Forget(file.Id, 1));
        _bench.Reaper.Consider(file.Id);
        Assert.Equal("text", await _bench.ReadAsync(file));
        await _bench.WriteAsync(open, 4, "!");
        await _bench.CloseAsync(open);
        await Eventually.TrueAsync(async () => await _bench.Store.GetInodeAsync(file.Id) is null);
        Assert.Null(await _bench.Store.GetContentAsync(file.Row.ContentId));
        Assert.False(_bench.Volume.Nodes.TryGet(file.Id, out _));
    }

    [Fact]
    public async Task What_the_kernel_still_knows_stays()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        await _bench.Removal.UnlinkAsync(_bench.Root, new FileName("f"), default);
        _bench.Reaper.Consider(file.Id);
        Node other = await _bench.MakeFileAsync(_bench.Root, "g", "text");
        await _bench.Removal.UnlinkAsync(_bench.Root, new FileName("g"), default);
        Assert.NotNull(_bench.Volume.Nodes.Forget(other.Id, 1));
        _bench.Reaper.Consider(other.Id);
        await Eventually.TrueAsync(async () => await _bench.Store.GetInodeAsync(other.Id) is null);
        Assert.NotNull(await _bench.Store.GetInodeAsync(file.Id));
    }

    [Fact]
    public async Task A_file_without_a_name_gets_one_or_goes()
    {
        NewInode wanted = new(FileType.Regular | 0x180, 0, 0, 0) { OpenForWriting = true };
        NameCreation.Made made = (await _bench.Creation.CreateUnnamedAsync(_bench.Root, wanted)).Value;
        Node node = _bench.Volume.Nodes.Reference(made.Inode);
        _bench.Contents.Created(node, made.Content!);
        OpenFile open = new(node, 2);
        await _bench.WriteAsync(open, 0, "temporary");
        Assert.Equal([node.Id], await _bench.Store.GetOrphansAsync(0, 10));
        Outcome<InodeRow> linked = await _bench.Linking.LinkAsync(node, _bench.Root, new FileName("named"));
        Assert.Equal(1, linked.Value.NLink);
        Assert.Empty(await _bench.Store.GetOrphansAsync(0, 10));
        await _bench.CloseAsync(open);
        Assert.Equal("temporary", await _bench.ReadAsync(await _bench.FindAsync(_bench.Root, "named")));
    }

    [Fact]
    public async Task An_inode_that_vanished_under_a_handle_is_stale_and_not_tried_for_ever()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        OpenFile open = await _bench.OpenAsync(file);
        await _bench.WriteAsync(open, 0, "T");
        await _bench.Store.CommitAsync(new Batch(_bench.Repository).Add(new RowWrite.DeleteInode(file.Id)));
        Cache.CacheException failure = await Assert.ThrowsAsync<Cache.CacheException>(
            async () => await _bench.Contents.TruncateAsync(file, 0, false, default).AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal((int)Errno.ESTALE, failure.Errno);
        await _bench.CloseAsync(open).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(file.IsLive);
        Assert.Null(file.Content);
    }
}
