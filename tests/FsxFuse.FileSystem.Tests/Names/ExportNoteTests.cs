using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

/// <summary>What each operation leaves for the repository, row for row.</summary>
public sealed class ExportNoteTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    private Node Root => _bench.Root;

    public async Task InitializeAsync()
    {
        _bench = await Workbench.CreateAsync();
        await _bench.LinkRootAsync();
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Creations_note_the_inode()
    {
        Node file = await _bench.MakeAsync(Root, "f");
        await ExpectAsync($"Inode {file.Id}");
        Node directory = await _bench.MakeDirectoryAsync(Root, "d");
        await ExpectAsync($"Inode {directory.Id}");
        DirectoryRow row = (await _bench.Volume.GetDirectoryAsync(directory))!;
        Assert.Equal((1, "p/d/", ListingState.Complete), (row.LinkId, row.Prefix, row.Listing));
        Node below = await _bench.MakeDirectoryAsync(directory, "e");
        Assert.Equal("p/d/e/", (await _bench.Volume.GetDirectoryAsync(below))!.Prefix);
        Assert.Equal([$"Inode {below.Id}"], await _bench.TakeExportsAsync());
    }

    [Fact]
    public async Task A_write_notes_the_inode_and_an_access_does_not()
    {
        Node file = await _bench.MakeAsync(Root, "f");
        await _bench.TakeExportsAsync();
        OpenFile open = await _bench.OpenAsync(file);
        await _bench.WriteAsync(open, 0, "x");
        await ExpectAsync($"Inode {file.Id}");
        await _bench.WriteAsync(open, 1, "y");
        await ExpectAsync();
        await _bench.CloseAsync(open);
        await ExpectAsync($"Inode {file.Id}");
        await _bench.ReadAsync(file);
        await ExpectAsync();
    }

    [Fact]
    public async Task Attributes_but_not_times_are_noted()
    {
        Node file = await _bench.MakeAsync(Root, "f");
        await _bench.TakeExportsAsync();
        await ChangeAsync(file, SetAttrMask.MTime | SetAttrMask.ATime);
        await ExpectAsync();
        await ChangeAsync(file, SetAttrMask.Mode);
        await ExpectAsync($"Inode {file.Id}");
        await ChangeAsync(file, SetAttrMask.Uid);
        await ExpectAsync($"Inode {file.Id}");
        Assert.Equal(Errno.None, await _bench.Xattrs.SetAsync(file, new FileName("user.x"), [1], XAttrFlags.None, false));
        await ExpectAsync();
    }

    [Fact]
    public async Task Removals_note_the_key()
    {
        Node file = await _bench.MakeAsync(Root, "f");
        await _bench.Linking.LinkAsync(file, Root, new FileName("g"));
        await _bench.MakeDirectoryAsync(Root, "d");
        await _bench.TakeExportsAsync();
        await _bench.Removal.UnlinkAsync(Root, new FileName("f"), default);
        await ExpectAsync($"Inode {file.Id}", "Key 1 p/f");
        await _bench.Removal.UnlinkAsync(Root, new FileName("g"), default);
        await ExpectAsync("Key 1 p/g");
        await _bench.Removal.RmDirAsync(Root, new FileName("d"), default);
        await ExpectAsync("Key 1 p/d/");
    }

    [Fact]
    public async Task A_renamed_file_notes_both_places()
    {
        Node file = await _bench.MakeAsync(Root, "f");
        Node target = await _bench.MakeAsync(Root, "t");
        await _bench.TakeExportsAsync();
        await _bench.RenameAsync(Root, "f", Root, "g");
        await ExpectAsync($"Inode {file.Id}", "Key 1 p/f");
        await _bench.RenameAsync(Root, "g", Root, "t");
        await ExpectAsync($"Inode {file.Id}", "Key 1 p/g");
        Node pipe = await _bench.MakeAsync(Root, "pipe", FileType.Fifo | 0x1A4);
        await _bench.TakeExportsAsync();
        await _bench.RenameAsync(Root, "pipe", Root, "t");
        await ExpectAsync($"Inode {pipe.Id}", "Key 1 p/pipe", "Key 1 p/t");
        Assert.Equal(0, target.Row.NLink);
    }

    [Fact]
    public async Task A_moved_directory_keeps_its_prefix_and_what_is_removed_below_goes_in_both_places()
    {
        Node a = await _bench.MakeDirectoryAsync(Root, "a");
        Node b = await _bench.MakeDirectoryAsync(a, "b");
        await _bench.MakeAsync(b, "f");
        await _bench.TakeExportsAsync();
        await _bench.RenameAsync(Root, "a", Root, "c");
        await ExpectAsync("Key 1 p/a/", $"Move 1 {a.Id} p/a/");
        Assert.Equal("p/a/", (await _bench.Volume.GetDirectoryAsync(a))!.Prefix);
        Assert.Equal("p/a/b/", (await _bench.Volume.GetDirectoryAsync(b))!.Prefix);
        await _bench.Removal.UnlinkAsync(b, new FileName("f"), default);
        await ExpectAsync("Key 1 p/a/b/f", "Key 1 p/c/b/f");
        Node made = await _bench.MakeDirectoryAsync(b, "new");
        Assert.Equal("p/c/b/new/", (await _bench.Volume.GetDirectoryAsync(made))!.Prefix);
    }

    [Fact]
    public async Task A_directory_replaced_below_a_moved_one_goes_in_both_places()
    {
        Node a = await _bench.MakeDirectoryAsync(Root, "a");
        await _bench.MakeDirectoryAsync(a, "d");
        Node other = await _bench.MakeDirectoryAsync(Root, "other");
        await _bench.RenameAsync(Root, "a", Root, "c");
        await _bench.TakeExportsAsync();
        await _bench.RenameAsync(Root, "other", a, "d");
        await ExpectAsync("Key 1 p/a/d/", "Key 1 p/c/d/", "Key 1 p/other/", $"Move 1 {other.Id} p/other/");
    }

    [Fact]
    public async Task An_exchange_notes_both_keys_and_both_inodes()
    {
        Node file = await _bench.MakeAsync(Root, "f");
        Node directory = await _bench.MakeDirectoryAsync(Root, "d");
        await _bench.TakeExportsAsync();
        await _bench.RenameAsync(Root, "f", Root, "d", RenameFlags.Exchange);
        await ExpectAsync($"Inode {file.Id}", "Key 1 p/d/", "Key 1 p/f", $"Move 1 {directory.Id} p/d/");
    }

    [Fact]
    public async Task Names_that_no_key_can_have_are_kept_here_alone()
    {
        byte[] name = [0xff, 0xfe];
        Outcome<NameCreation.Made> made = await _bench.Creation.CreateAsync(Root, new FileName(name), new NewInode(FileType.Directory | 0x1ED, 0, 0, 0));
        DirectoryRow row = (await _bench.Store.GetDirectoryAsync(made.Value.Inode.Id))!;
        Assert.Equal((0, null), (row.LinkId, row.Prefix));
    }

    [Fact]
    public async Task A_link_made_later_counts_from_its_commit_on()
    {
        await using Workbench bench = await Workbench.CreateAsync();
        await bench.MakeAsync(bench.Root, "before");
        Assert.Empty(await bench.TakeExportsAsync());
        await bench.LinkRootAsync();
        Node after = await bench.MakeAsync(bench.Root, "after");
        Assert.Equal([$"Inode {after.Id}"], await bench.TakeExportsAsync());
    }

    private async Task ChangeAsync(Node node, SetAttrMask valid) => Assert.Equal(
        Errno.None, await _bench.Changes.ChangeAsync(node, new AttributeChanges.Wanted(valid, 0x1ED, 5, 5, 0, 1, 2, null), default));

    private async Task ExpectAsync(params string[] entries) => Assert.Equal(entries, await _bench.TakeExportsAsync());
}
