using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

/// <summary>Size and times between the first write and the rest.</summary>
public sealed class LiveStateTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_write_shows_at_once_and_is_stored_at_the_last_close()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        OpenFile one = await _bench.OpenAsync(file);
        OpenFile two = await _bench.OpenAsync(file);
        await _bench.WriteAsync(one, 0, "hello");
        Assert.True(file.IsLive);
        Assert.Equal((5L, 0L), (file.Current.Size, (await _bench.RowAsync(file)).Size));
        Assert.True((await _bench.Store.GetContentAsync(file.Row.ContentId))!.Flags.HasFlag(ContentFlags.Writing));
        await _bench.CloseAsync(one);
        Assert.True(file.IsLive);
        long mtime = file.Current.MtimeNs;
        await _bench.CloseAsync(two);
        Assert.False(file.IsLive);
        InodeRow row = await _bench.RowAsync(file);
        Assert.Equal((5L, mtime), (row.Size, row.MtimeNs));
        Assert.False((await _bench.Store.GetContentAsync(row.ContentId))!.Flags.HasFlag(ContentFlags.Writing));
        Assert.Null(file.Content);
    }

    [Fact]
    public async Task Times_set_while_it_is_written_last_until_the_next_write()
    {
        OpenFile open = await _bench.OpenAsync(await _bench.MakeAsync(_bench.Root, "f"));
        await _bench.WriteAsync(open, 0, "hello");
        await _bench.Changes.ChangeAsync(open.Node, Wanted(SetAttrMask.MTime), default);
        Assert.Equal((5L, 7_000_000_000L), (open.Node.Current.Size, open.Node.Current.MtimeNs));
        Assert.Equal(7_000_000_000L, open.Node.Content!.Stat().MtimeNs);
        await _bench.CloseAsync(open);
        Assert.Equal((5L, 7_000_000_000L), ((await _bench.RowAsync(open.Node)).Size, (await _bench.RowAsync(open.Node)).MtimeNs));
    }

    [Fact]
    public async Task A_change_of_mode_beside_a_write_keeps_its_size()
    {
        OpenFile open = await _bench.OpenAsync(await _bench.MakeAsync(_bench.Root, "f"));
        await _bench.WriteAsync(open, 0, "x");
        await Task.WhenAll(
            Task.Run(async () =>
            {
                for (int at = 1; at < 500; at++)
                {
                    await _bench.WriteAsync(open, at, "x");
                }
            }),
            Task.Run(async () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    await _bench.Changes.ChangeAsync(open.Node, Wanted(SetAttrMask.Mode), default);
                }
            }));
        Assert.Equal(500, open.Node.Current.Size);
        await _bench.CloseAsync(open);
        Assert.Equal(500, (await _bench.RowAsync(open.Node)).Size);
    }

    [Fact]
    public async Task Opening_for_writing_alone_changes_nothing()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        InodeRow before = await _bench.RowAsync(file);
        await _bench.CloseAsync(await _bench.OpenAsync(file));
        Assert.Equal(before, await _bench.RowAsync(file));
    }

    [Fact]
    public async Task Truncation_without_a_handle_rests_at_once()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "0123456789");
        await _bench.Contents.TruncateAsync(file, 4, false, default);
        Assert.False(file.IsLive);
        Assert.Null(file.Content);
        Assert.Equal("0123", await _bench.ReadAsync(file));
        await _bench.Contents.TruncateAsync(file, 6, false, default);
        Assert.Equal("0123\0\0", await _bench.ReadAsync(file));
        Assert.Equal(6, (await _bench.RowAsync(file)).Size);
    }

    [Fact]
    public async Task A_truncation_that_fails_leaves_nothing_marked()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        Cache.CacheException failure = await Assert.ThrowsAsync<Cache.CacheException>(
            async () => await _bench.Contents.TruncateAsync(file, long.MaxValue, false, default));
        Assert.Equal((int)Errno.EFBIG, failure.Errno);
        Assert.False(file.IsLive);
        Assert.Null(file.Content);
        Assert.False((await _bench.Store.GetContentAsync(file.Row.ContentId))!.Flags.HasFlag(ContentFlags.Writing));
        Assert.Equal("text", await _bench.ReadAsync(file));
    }

    [Fact]
    public async Task Truncation_to_zero_makes_a_new_content_and_the_old_one_goes()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "old");
        long old = file.Row.ContentId;
        OpenFile open = await _bench.OpenAsync(file);
        await _bench.Contents.TruncateAsync(file, 0, false, default);
        Assert.NotEqual(old, file.Row.ContentId);
        Assert.Null(await _bench.Store.GetContentAsync(old));
        await _bench.WriteAsync(open, 0, "n");
        await _bench.CloseAsync(open);
        Assert.Equal("n", await _bench.ReadAsync(file));
        Assert.False(_bench.Cache.IsOpen(old));
    }

    [Fact]
    public async Task Writes_beside_truncations_to_zero_never_leave_a_wrong_size()
    {
        OpenFile open = await _bench.OpenAsync(await _bench.MakeFileAsync(_bench.Root, "f", "start"));
        await Task.WhenAll(
            Task.Run(async () =>
            {
                for (int i = 0; i < 400; i++)
                {
                    await _bench.WriteAsync(open, i % 7, "abc");
                }
            }),
            Task.Run(async () =>
            {
                for (int i = 0; i < 60; i++)
                {
                    await _bench.Contents.TruncateAsync(open.Node, 0, false, default);
                }
            }));
        Assert.Equal(open.Node.Content!.Length, open.Node.Current.Size);
        await _bench.CloseAsync(open);
        Assert.Equal((await _bench.RowAsync(open.Node)).Size, (await _bench.ReadAsync(open.Node)).Length);
    }

    [Fact]
    public async Task A_close_on_a_full_disk_is_made_good_later()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        OpenFile open = await _bench.OpenAsync(file);
        await _bench.WriteAsync(open, 0, "hello");
        _bench.Faults.IsFull = true;
        await _bench.CloseAsync(open);
        _bench.Volume.Nodes.Forget(file.Id, 1);
        Assert.True(_bench.Volume.Nodes.TryGet(file.Id, out Node? held) && ReferenceEquals(held, file));
        Assert.Equal(5, file.Current.Size);
        _bench.Faults.IsFull = false;
        await Eventually.TrueAsync(async () => (await _bench.RowAsync(file)).Size == 5);
        await Eventually.TrueAsync(() => Task.FromResult(!_bench.Volume.Nodes.TryGet(file.Id, out _)));
        Assert.Null(file.Content);
    }

    [Fact]
    public async Task An_open_for_writing_does_not_wait_for_a_sync()
    {
        OpenFile open = await _bench.OpenAsync(await _bench.MakeFileAsync(_bench.Root, "f", "text"));
        await _bench.WriteAsync(open, 0, "T");
        Task sync = Task.Run(async () => await _bench.Contents.SyncAsync(open.Node, dataOnly: false, default));
        for (int i = 0; i < 50; i++)
        {
            await _bench.CloseAsync(await _bench.OpenAsync(open.Node));
        }

        await sync;
        await _bench.Contents.TruncateAsync(open.Node, 0, false, default);
        await _bench.Contents.SyncAsync(open.Node, dataOnly: true, default);
        await _bench.CloseAsync(open);
        Assert.Equal("", await _bench.ReadAsync(open.Node));
    }

    [Fact]
    public async Task A_sync_stores_the_size_and_leaves_the_file_live()
    {
        OpenFile open = await _bench.OpenAsync(await _bench.MakeAsync(_bench.Root, "f"));
        await _bench.WriteAsync(open, 0, "hello");
        await _bench.Contents.SyncAsync(open.Node, dataOnly: false, default);
        Assert.True(open.Node.IsLive);
        Assert.Equal(5, (await _bench.RowAsync(open.Node)).Size);
        await _bench.CloseAsync(open);
    }

    [Fact]
    public async Task Set_user_id_goes_with_a_write_of_others()
    {
        OpenFile open = await _bench.OpenAsync(await _bench.MakeAsync(_bench.Root, "f", FileType.Regular | 0x9ED));
        await _bench.WriteAsync(open, 0, "x", killPrivileges: true);
        Assert.Equal(0x1EDu, open.Node.Row.Mode & 0xFFF);
        Assert.Equal(Errno.None, await _bench.Xattrs.SetAsync(open.Node, ExtendedAttributes.CapabilityName, [1], XAttrFlags.None, false));
        await _bench.WriteAsync(open, 0, "x", killPrivileges: true);
        Assert.Equal(Errno.ENODATA, (await _bench.Xattrs.GetAsync(open.Node, ExtendedAttributes.CapabilityName)).Error);
        await _bench.CloseAsync(open);
    }

    private static AttributeChanges.Wanted Wanted(SetAttrMask valid) => new(valid, 0x180, 0, 0, 0, 0, 7_000_000_000, null);
}
