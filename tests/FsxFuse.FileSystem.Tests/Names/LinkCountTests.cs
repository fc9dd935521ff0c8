using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

public sealed class LinkCountTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_directory_counts_its_subdirectories_and_no_files()
    {
        await _bench.MakeDirectoryAsync(_bench.Root, "a");
        await _bench.MakeDirectoryAsync(_bench.Root, "b");
        await _bench.MakeAsync(_bench.Root, "f");
        Assert.Equal(4, (await _bench.RowAsync(_bench.Root)).NLink);
        Assert.Equal(Errno.None, await _bench.Removal.RmDirAsync(_bench.Root, new FileName("a"), default));
        Assert.Equal(3, (await _bench.RowAsync(_bench.Root)).NLink);
    }

    [Fact]
    public async Task A_change_of_names_makes_the_directory_stale_and_its_times_newer()
    {
        long before = (await _bench.RowAsync(_bench.Root)).MtimeNs;
        await _bench.MakeAsync(_bench.Root, "f");
        Assert.True(_bench.Root.IsStale);
        await _bench.Volume.RefreshAsync(_bench.Root);
        Assert.False(_bench.Root.IsStale);
        Assert.True(_bench.Root.Row.MtimeNs > before);
    }

    [Fact]
    public async Task A_name_more_or_less_shows_in_the_inode()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        Outcome<InodeRow> linked = await _bench.Linking.LinkAsync(file, _bench.Root, new FileName("g"));
        Assert.Equal(2, linked.Value.NLink);
        Assert.Equal(Errno.EEXIST, (await _bench.Linking.LinkAsync(file, _bench.Root, new FileName("g"))).Error);
        Assert.Equal(Errno.None, await _bench.Removal.UnlinkAsync(_bench.Root, new FileName("f"), default));
        Assert.Equal(1, file.Row.NLink);
        Assert.Empty(await _bench.Store.GetOrphansAsync(0, 10));
    }

    [Fact]
    public async Task Nothing_is_made_in_a_directory_that_was_removed()
    {
        Node directory = await _bench.MakeDirectoryAsync(_bench.Root, "d");
        await _bench.Volume.GetDirectoryAsync(directory);
        Assert.Equal(Errno.None, await _bench.Removal.RmDirAsync(_bench.Root, new FileName("d"), default));
        Outcome<NameCreation.Made> made = await _bench.Creation.CreateAsync(directory, new FileName("f"), new NewInode(FileType.Regular | 0x1A4, 0, 0, 0));
        Assert.Equal(Errno.ENOENT, made.Error);
        Assert.Equal(Errno.ENOENT, (await _bench.Creation.CreateUnnamedAsync(directory, new NewInode(FileType.Regular, 0, 0, 0))).Error);
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        Assert.Equal(Errno.ENOENT, (await _bench.Linking.LinkAsync(file, directory, new FileName("f"))).Error);
        Assert.Equal(Errno.ENOENT, await _bench.RenameAsync(_bench.Root, "f", directory, "f"));
    }

    [Fact]
    public async Task A_directory_with_entries_stays()
    {
        Node directory = await _bench.MakeDirectoryAsync(_bench.Root, "d");
        await _bench.MakeAsync(directory, "f");
        Assert.Equal(Errno.ENOTEMPTY, await _bench.Removal.RmDirAsync(_bench.Root, new FileName("d"), default));
        Assert.Equal(Errno.EISDIR, await _bench.Removal.UnlinkAsync(_bench.Root, new FileName("d"), default));
        Assert.Equal(Errno.ENOTDIR, await _bench.Removal.RmDirAsync(directory, new FileName("f"), default));
    }

    [Fact]
    public async Task A_stale_directory_row_is_noticed_by_its_version()
    {
        await _bench.MakeAsync(_bench.Root, "f");
        await _bench.Volume.GetDirectoryAsync(_bench.Root);
        DirectoryRow stale = _bench.Root.Directory!;
        await _bench.LinkRootAsync();
        _bench.Root.LearnDirectory(stale, _bench.Root.DirectoryChanges);
        Assert.Equal(Errno.None, await _bench.Removal.UnlinkAsync(_bench.Root, new FileName("f"), default));
        Assert.Equal(["Key 1 p/f"], await _bench.TakeExportsAsync());
    }

    [Fact]
    public async Task Many_at_once_lose_no_count()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            await _bench.MakeDirectoryAsync(_bench.Root, $"d{i}");
            if (i % 2 == 0)
            {
                Assert.Equal(Errno.None, await _bench.Removal.RmDirAsync(_bench.Root, new FileName($"d{i}"), default));
            }
        })));
        Assert.Equal(22, (await _bench.RowAsync(_bench.Root)).NLink);
    }
}
