using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

/// <summary>What a killed process leaves behind.</summary>
public sealed class RecoveryTests
{
    [Fact]
    public async Task Written_bytes_size_and_mtime_survive()
    {
        Workbench first = await Workbench.CreateAsync();
        Node file = await first.MakeFileAsync(first.Root, "f", "0123456789");
        OpenFile open = await first.OpenAsync(file);
        await first.WriteAsync(open, 10, "abc");
        OpenFile created = await first.OpenAsync(await first.MakeAsync(first.Root, "new"));
        await first.WriteAsync(created, 0, "fresh");
        long mtime = created.Node.Content!.Stat().MtimeNs;
        await using Workbench second = await first.CrashAsync();
        Node found = await second.FindAsync(second.Root, "f");
        Assert.Equal((13L, false), (found.Row.Size, found.IsLive));
        Assert.Equal("0123456789abc", await second.ReadAsync(found));
        Node fresh = await second.FindAsync(second.Root, "new");
        Assert.Equal((5L, mtime), (fresh.Row.Size, fresh.Row.MtimeNs));
        Assert.Equal("fresh", await second.ReadAsync(fresh));
        Assert.Empty(await second.Store.GetContentsAsync(ContentFlags.Writing, 0, 10));
    }

    [Fact]
    public async Task A_time_set_while_it_was_written_survives()
    {
        Workbench first = await Workbench.CreateAsync();
        OpenFile open = await first.OpenAsync(await first.MakeAsync(first.Root, "f"));
        await first.WriteAsync(open, 0, "x");
        await first.Changes.ChangeAsync(open.Node, new AttributeChanges.Wanted(Fuse.SetAttrMask.MTime, 0, 0, 0, 0, 0, 7_000_000_000, null), default);
        await using Workbench second = await first.CrashAsync();
        Assert.Equal(7_000_000_000, (await second.FindAsync(second.Root, "f")).Row.MtimeNs);
    }

    [Fact]
    public async Task A_file_truncated_to_zero_stays_empty()
    {
        Workbench first = await Workbench.CreateAsync();
        Node file = await first.MakeFileAsync(first.Root, "f", "old");
        await first.OpenAsync(file);
        await first.Contents.TruncateAsync(file, 0, false, default);
        await using Workbench second = await first.CrashAsync();
        Node found = await second.FindAsync(second.Root, "f");
        Assert.Equal(0, found.Row.Size);
        Assert.Equal("", await second.ReadAsync(found));
    }

    [Fact]
    public async Task Files_without_a_name_are_removed_at_the_next_start()
    {
        Workbench first = await Workbench.CreateAsync();
        Node file = await first.MakeFileAsync(first.Root, "f", "text");
        await first.OpenAsync(file);
        await first.Removal.UnlinkAsync(first.Root, new FileName("f"), default);
        Outcome<NameCreation.Made> unnamed = await first.Creation.CreateUnnamedAsync(
            first.Root, new NewInode(FileType.Regular | 0x180, 0, 0, 0) { OpenForWriting = true });
        await using Workbench second = await first.CrashAsync();
        await Eventually.TrueAsync(async () => (await second.Store.GetOrphansAsync(0, 10)).Count == 0);
        Assert.Null(await second.Store.GetInodeAsync(file.Id));
        Assert.Null(await second.Store.GetInodeAsync(unnamed.Value.Inode.Id));
        Assert.Null(await second.Store.GetContentAsync(file.Row.ContentId));
    }
}
