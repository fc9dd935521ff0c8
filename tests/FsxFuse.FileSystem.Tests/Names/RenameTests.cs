using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

public sealed class RenameTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    private Node Root => _bench.Root;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_directory_never_moves_into_itself()
    {
        Node a = await _bench.MakeDirectoryAsync(Root, "a");
        Node b = await _bench.MakeDirectoryAsync(a, "b");
        Node c = await _bench.MakeDirectoryAsync(b, "c");
        Assert.Equal(Errno.EINVAL, await _bench.RenameAsync(Root, "a", c, "x"));
        Assert.Equal(Errno.EINVAL, await _bench.RenameAsync(Root, "a", a, "x"));
        Assert.Equal(Errno.EINVAL, await _bench.RenameAsync(Root, "a", b, "c", RenameFlags.Exchange));
        Assert.Equal(Errno.ENOTEMPTY, await _bench.RenameAsync(b, "c", Root, "a"));
    }

    [Fact]
    public async Task A_directory_moved_between_parents_takes_its_link_along()
    {
        Node a = await _bench.MakeDirectoryAsync(Root, "a");
        Node b = await _bench.MakeDirectoryAsync(Root, "b");
        Node d = await _bench.MakeDirectoryAsync(a, "d");
        Assert.Equal(Errno.None, await _bench.RenameAsync(a, "d", b, "e"));
        Assert.Equal((2L, 3L, 2L), ((await _bench.RowAsync(a)).NLink, (await _bench.RowAsync(b)).NLink, (await _bench.RowAsync(d)).NLink));
        DirectoryRow moved = (await _bench.Volume.GetDirectoryAsync(d))!;
        Assert.Equal((b.Id, new FileName("e")), (moved.Parent, moved.Name));
    }

    [Fact]
    public async Task An_empty_directory_is_replaced_and_counted_right()
    {
        Node a = await _bench.MakeDirectoryAsync(Root, "a");
        Node b = await _bench.MakeDirectoryAsync(Root, "b");
        await _bench.MakeDirectoryAsync(a, "d");
        Node old = await _bench.MakeDirectoryAsync(b, "d");
        Assert.Equal(Errno.None, await _bench.RenameAsync(a, "d", b, "d"));
        Assert.Equal((2L, 3L), ((await _bench.RowAsync(a)).NLink, (await _bench.RowAsync(b)).NLink));
        Assert.Equal(0, old.Row.NLink);
        Assert.Null(await _bench.Store.GetDirectoryAsync(old.Id));
        Assert.Equal(Errno.None, await _bench.RenameAsync(Root, "a", b, "d2"));
        Assert.Equal(Errno.None, await _bench.RenameAsync(b, "d2", b, "d"));
        Assert.Equal(3, (await _bench.RowAsync(b)).NLink);
        Assert.Equal(3, (await _bench.RowAsync(Root)).NLink);
    }

    [Fact]
    public async Task Only_like_replaces_like()
    {
        await _bench.MakeDirectoryAsync(Root, "d");
        Node full = await _bench.MakeDirectoryAsync(Root, "full");
        await _bench.MakeAsync(full, "x");
        await _bench.MakeAsync(Root, "f");
        Assert.Equal(Errno.EISDIR, await _bench.RenameAsync(Root, "f", Root, "d"));
        Assert.Equal(Errno.ENOTDIR, await _bench.RenameAsync(Root, "d", Root, "f"));
        Assert.Equal(Errno.ENOTEMPTY, await _bench.RenameAsync(Root, "d", Root, "full"));
        Assert.Equal(Errno.EEXIST, await _bench.RenameAsync(Root, "d", Root, "full", RenameFlags.NoReplace));
        Assert.Equal(Errno.ENOENT, await _bench.RenameAsync(Root, "none", Root, "x"));
        Assert.Equal(Errno.ENOENT, await _bench.RenameAsync(Root, "f", Root, "none", RenameFlags.Exchange));
        Assert.Equal(Errno.EINVAL, await _bench.RenameAsync(Root, "f", Root, "w", RenameFlags.Whiteout));
        Assert.Equal(Errno.ENAMETOOLONG, await _bench.RenameAsync(Root, "f", Root, new string('n', 256)));
    }

    [Fact]
    public async Task Two_names_of_one_inode_both_stay()
    {
        Node file = await _bench.MakeAsync(Root, "f");
        await _bench.Linking.LinkAsync(file, Root, new FileName("g"));
        Assert.Equal(Errno.None, await _bench.RenameAsync(Root, "f", Root, "g"));
        Assert.Equal(Errno.None, await _bench.TryFindAsync(Root, "f"));
        Assert.Equal(2, (await _bench.RowAsync(file)).NLink);
    }

    [Fact]
    public async Task An_exchange_swaps_names_parents_and_links()
    {
        Node a = await _bench.MakeDirectoryAsync(Root, "a");
        Node b = await _bench.MakeDirectoryAsync(Root, "b");
        Node directory = await _bench.MakeDirectoryAsync(a, "x");
        Node file = await _bench.MakeFileAsync(b, "y", "text");
        Assert.Equal(Errno.None, await _bench.RenameAsync(a, "x", b, "y", RenameFlags.Exchange));
        Assert.Equal(file.Id, (await _bench.FindAsync(a, "x")).Id);
        Assert.Equal(directory.Id, (await _bench.FindAsync(b, "y")).Id);
        Assert.Equal((2L, 3L), ((await _bench.RowAsync(a)).NLink, (await _bench.RowAsync(b)).NLink));
        Assert.Equal(b.Id, (await _bench.Volume.GetDirectoryAsync(directory))!.Parent);
        Assert.Equal("text", await _bench.ReadAsync(file));
    }

    [Fact]
    public async Task A_replaced_open_file_keeps_its_bytes_until_it_is_closed()
    {
        Node old = await _bench.MakeFileAsync(Root, "f", "old");
        await _bench.MakeFileAsync(Root, "g", "new");
        OpenFile open = await _bench.OpenAsync(old);
        Assert.Equal(Errno.None, await _bench.RenameAsync(Root, "g", Root, "f"));
        await _bench.WriteAsync(open, 3, "er");
        Assert.Equal("older", await _bench.ReadAsync(old));
        Assert.Equal("new", await _bench.ReadAsync(await _bench.FindAsync(Root, "f")));
        Assert.Equal([old.Id], await _bench.Store.GetOrphansAsync(0, 10));
        await _bench.CloseAsync(open);
    }

    [Fact]
    public async Task A_file_that_is_written_all_the_time_can_replace_another()
    {
        await _bench.MakeFileAsync(Root, "old", "old");
        OpenFile open = await _bench.OpenAsync(await _bench.MakeFileAsync(Root, "busy", "x"));
        using CancellationTokenSource stop = new();
        Task writer = Task.Run(async () =>
        {
            for (long at = 0; !stop.IsCancellationRequested; at++)
            {
                await _bench.WriteAsync(open, at, "y");
            }
        });
        Errno renamed = await _bench.RenameAsync(Root, "busy", Root, "old").WaitAsync(TimeSpan.FromSeconds(20));
        await stop.CancelAsync();
        await writer;
        Assert.Equal(Errno.None, renamed);
        await _bench.CloseAsync(open);
    }

    [Fact]
    public async Task Crossing_moves_form_no_loop()
    {
        Node a = await _bench.MakeDirectoryAsync(Root, "a");
        Node b = await _bench.MakeDirectoryAsync(Root, "b");
        for (int round = 0; round < 20; round++)
        {
            Errno[] results = await Task.WhenAll(
                Task.Run(() => _bench.RenameAsync(Root, "a", b, "a")),
                Task.Run(() => _bench.RenameAsync(Root, "b", a, "b")));
            Assert.Single(results, Errno.None);
            Errno back = results[0] == Errno.None ? await _bench.RenameAsync(b, "a", Root, "a") : await _bench.RenameAsync(a, "b", Root, "b");
            Assert.Equal(Errno.None, back);
        }

        Assert.Equal(4, (await _bench.RowAsync(Root)).NLink);
    }
}
