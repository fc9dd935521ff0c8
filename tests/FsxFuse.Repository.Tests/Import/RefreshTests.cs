using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Tests.Import;

public sealed class RefreshTests
{
    [Fact]
    public async Task A_whole_prefix_is_imported_by_one_listing_and_its_directories_are_complete()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/", 1200);
        fs.Bucket.PutMany("p/d/e/f/", 1300);
        fs.Bucket.Put("p/d/", "");
        fs.Bucket.Put("p/z/x");
        RefreshCounts counts = await fs.RefreshAsync();
        Assert.Equal((3, 0), (fs.Bucket.Lists, fs.Bucket.Heads));
        Assert.Equal((2502L, 2505L), (counts.Listed, counts.New));
        Assert.Equal(1300, (await fs.ReadAsync((await fs.GetAsync("/d/e/f")).Inode.Id)).Count);
        foreach (string path in new[] { "/", "/d", "/d/e", "/d/e/f", "/z" })
            Assert.Equal(ListingState.Complete, (await fs.Store.GetDirectoryAsync((await fs.GetAsync(path)).Inode.Id))!.Listing);
        Assert.Equal(3, (await fs.GetAsync("/d")).Inode.NLink);
        Assert.Equal(4, (await fs.GetAsync("/")).Inode.NLink);

        fs.Bucket.ResetCounts();
        counts = await fs.RefreshAsync();
        Assert.Equal((3, 0), (fs.Bucket.Lists, fs.Bucket.Heads));
        Assert.Equal((0L, 0L, 0L, 2501L), (counts.New, counts.Changed, counts.Deleted, counts.Unchanged));
    }

    [Fact]
    public async Task New_changed_and_deleted_objects_are_followed()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        foreach (string key in new[] { "p/same", "p/changed", "p/gone", "p/d/gone", "p/d/e/gone", "p/kept/", "p/kept/x" })
            fs.Bucket.Put(key, key, new Dictionary<string, string> { ["file-permissions"] = "0100600", ["file-owner"] = "3" });
        await fs.RefreshAsync(attributes: true);
        NamedInode old = await fs.GetAsync("/changed");
        fs.Bucket.Put("p/changed", "now longer than before");
        fs.Bucket.Put("p/new");
        fs.Bucket.Put("p/n/e/w");
        foreach (string key in new[] { "p/gone", "p/d/gone", "p/d/e/gone", "p/kept/x" })
            fs.Bucket.Remove(key);
        RefreshCounts counts = await fs.RefreshAsync();
        Assert.Equal((4L, 1L, 6L, 1L), (counts.New, counts.Changed, counts.Deleted, counts.Unchanged));
        Assert.Equal(["changed", "kept", "n", "new", "same"], await fs.NamesAsync());
        Assert.NotNull(await fs.FindAsync("/n/e/w"));

        NamedInode now = await fs.GetAsync("/changed");
        Assert.NotEqual(old.Inode.Id, now.Inode.Id);
        Assert.Equal((old.Inode.Ino, 22L), (now.Inode.Ino, now.Inode.Size));
        // The new object has no metadata: mode and owner stay.
        Assert.Equal((FileType.Regular | 0x180u, 3u), (now.Inode.Mode, now.Inode.Uid));
        Assert.Contains(old.Inode.Id, await fs.Store.GetOrphansAsync(0, 100));
        Assert.Equal(0, (await fs.Store.GetInodeAsync(old.Inode.Id))!.NLink);
        Assert.Null(await fs.Store.GetObjectAsync(fs.Link.Id, "p/gone"));
        Assert.Equal(4, (await fs.GetAsync("/")).Inode.NLink);
    }

    [Fact]
    public async Task What_changed_here_is_left_to_the_export()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        foreach (string key in new[] { "p/dirty", "p/queued", "p/unlinked", "p/moved/x", "p/dirtygone" })
            fs.Bucket.Put(key);
        await fs.RefreshAsync(attributes: true);
        NamedInode dirty = await fs.GetAsync("/dirty"), dirtyGone = await fs.GetAsync("/dirtygone"), queued = await fs.GetAsync("/queued"), moved = await fs.GetAsync("/moved");
        foreach (NamedInode file in new[] { dirty, dirtyGone })
        {
            ContentRow content = (await fs.Store.GetContentAsync(file.Inode.ContentId))!;
            await fs.CommitAsync(b => b.Update(content, content with { Flags = ContentFlags.Cached | ContentFlags.Dirty }));
        }
        await fs.CommitAsync(b => b.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = queued.Inode.Id, QueuedNs = 1 })));
        await fs.UnlinkAsync("/unlinked");
        DirectoryRow row = (await fs.Store.GetDirectoryAsync(moved.Inode.Id))!;
        await fs.CommitAsync(b =>
        {
            b.Add(new RowWrite.DeleteDentry(InodeRow.RootId, moved.Dentry.Name));
            b.Add(new RowWrite.PutDentry(moved.Dentry with { Name = new FileName("elsewhere") }));
            b.Update(row, row with { Name = new FileName("elsewhere") });
            b.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Move, LinkId = fs.Link.Id, Subject = row.Id, Key = "p/moved/", QueuedNs = 1 }));
        });
        foreach (string key in new[] { "p/dirty", "p/queued", "p/unlinked", "p/moved/x", "p/moved/new", "p/elsewhere/new" })
            fs.Bucket.Put(key, "other");
        fs.Bucket.Remove("p/dirtygone");
        RefreshCounts counts = await fs.RefreshAsync();
        Assert.Equal((0L, 0L, 0L), (counts.New, counts.Changed, counts.Deleted));
        Assert.Equal(["dirty", "dirtygone", "elsewhere", "queued"], await fs.NamesAsync());
        Assert.Equal(dirty.Inode.Id, (await fs.GetAsync("/dirty")).Inode.Id);
        Assert.Single(await fs.ReadAsync(moved.Inode.Id));
    }

    [Fact]
    public async Task A_listing_that_misses_a_key_removes_nothing_that_a_head_still_shows()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a");
        await fs.RefreshAsync(attributes: true);
        fs.Bucket.Remove("p/a");
        fs.Bucket.AfterList = _ =>
        {
            fs.Bucket.Put("p/a");
            return Task.CompletedTask;
        };
        RefreshCounts counts = await fs.RefreshAsync();
        Assert.Equal(0, counts.Deleted);
        Assert.Equal(["a"], await fs.NamesAsync());
    }

    [Fact]
    public async Task A_changed_name_of_a_hard_link_becomes_a_file_of_its_own()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "one");
        await fs.RefreshAsync(attributes: true);
        NamedInode a = await fs.GetAsync("/a");
        await fs.CommitAsync(b =>
        {
            b.Update(a.Inode, a.Inode with { NLink = 2 });
            b.Add(new RowWrite.PutDentry(a.Dentry with { Name = new FileName("b"), Cookie = fs.Store.AllocateIds() }));
        });
        fs.Bucket.Put("p/a", "three");
        Assert.Equal(RefreshOutcome.Changed, await fs.Importer.RefreshKeyAsync(fs.Link, "p/a"));
        NamedInode now = await fs.GetAsync("/a"), other = await fs.GetAsync("/b");
        Assert.Equal((a.Inode.Id, 1L, 3L), (other.Inode.Id, other.Inode.NLink, other.Inode.Size));
        Assert.NotEqual(other.Inode.Ino, now.Inode.Ino);
        Assert.Equal(5, now.Inode.Size);
    }

    [Fact]
    public async Task A_file_makes_way_for_a_directory_of_its_name()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a");
        await fs.RefreshAsync();
        fs.Bucket.Put("p/a/x");
        fs.Bucket.Put("p/b");
        fs.Bucket.Put("p/b/x");
        for (int i = 0; i < 2; i++)
        {
            RefreshCounts counts = await fs.RefreshAsync();
            Assert.Equal(2, counts.Unmappable);
            Assert.True((await fs.GetAsync("/a")).Inode.IsDirectory);
            Assert.NotNull(await fs.FindAsync("/b/x"));
        }
    }

    [Fact]
    public async Task One_key_can_be_looked_at_alone()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/d/e/a");
        Assert.Equal(RefreshOutcome.New, await fs.Importer.RefreshKeyAsync(fs.Link, "p/d/e/a"));
        Assert.Equal(RefreshOutcome.Unchanged, await fs.Importer.RefreshKeyAsync(fs.Link, "p/d/e/a"));
        Assert.Equal(RefreshOutcome.Absent, await fs.Importer.RefreshKeyAsync(fs.Link, "p/d/none"));
        Assert.Equal(RefreshOutcome.Skipped, await fs.Importer.RefreshKeyAsync(fs.Link, "p/d//a"));
        fs.Bucket.Put("p/d/e/a", "y");
        Assert.Equal(RefreshOutcome.Changed, await fs.Importer.RefreshKeyAsync(fs.Link, "p/d/e/a"));
        fs.Bucket.Remove("p/d/e/a");
        Assert.Equal(RefreshOutcome.Deleted, await fs.Importer.RefreshKeyAsync(fs.Link, "p/d/e/a"));
        Assert.Equal(RefreshOutcome.Deleted, await fs.Importer.RefreshKeyAsync(fs.Link, "p/d/e/"));
    }

    [Fact]
    public async Task Metadata_replaced_without_new_bytes_changes_the_inode_in_place()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a");
        await fs.RefreshAsync(attributes: true);
        NamedInode a = await fs.GetAsync("/a");
        fs.Bucket.Put("p/a", "x", new Dictionary<string, string> { ["file-owner"] = "77" }, modified: DateTimeOffset.UnixEpoch.AddDays(20_001));
        Assert.Equal(1, (await fs.RefreshAsync()).Changed);
        NamedInode now = await fs.GetAsync("/a");
        Assert.Equal((a.Inode.Id, 77u), (now.Inode.Id, now.Inode.Uid));
        fs.Bucket.ResetCounts();
        Assert.Equal(1, (await fs.RefreshAsync()).Unchanged);
        Assert.Equal(0, fs.Bucket.Heads);
    }

    [Fact]
    public async Task Times_set_here_after_the_object_was_written_stay()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        DateTimeOffset written = DateTimeOffset.UnixEpoch.AddDays(20_001);
        fs.Bucket.Put("p/a", "x", Metadata("5ns"));
        await fs.RefreshAsync(attributes: true);
        NamedInode a = await fs.GetAsync("/a");
        Assert.Equal(5, a.Inode.MtimeNs);
        await fs.CommitAsync(b => b.Update(a.Inode, a.Inode with { MtimeNs = 7, CtimeNs = (written.AddSeconds(1) - DateTimeOffset.UnixEpoch).Ticks * 100 }));

        // The listing tells another time than was remembered, as after an upload that took long: the object is looked at.
        fs.Bucket.Put("p/a", "x", Metadata("5ns"), modified: written);
        fs.Bucket.ResetCounts();
        Assert.Equal(1, (await fs.RefreshAsync()).Unchanged);
        Assert.Equal((1, 7), (fs.Bucket.Heads, (await fs.GetAsync("/a")).Inode.MtimeNs));

        // Others write it later.
        fs.Bucket.Put("p/a", "x", Metadata("9ns"), modified: written.AddDays(1));
        Assert.Equal(1, (await fs.RefreshAsync()).Changed);
        Assert.Equal(9, (await fs.GetAsync("/a")).Inode.MtimeNs);

        static Dictionary<string, string> Metadata(string mtime) => new() { ["file-mtime"] = mtime };
    }

    [Fact]
    public async Task Policies_decide_what_is_followed()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/changed");
        fs.Bucket.Put("p/gone");
        await fs.RefreshAsync(attributes: true);
        fs.Bucket.Put("p/changed", "y");
        fs.Bucket.Put("p/new");
        fs.Bucket.Remove("p/gone");
        RefreshCounts counts = await fs.Importer.RefreshAsync(new RefreshRequest { Link = fs.Link, KeyPrefix = "p/", Events = RepositoryEvents.Changed });
        Assert.Equal((0L, 1L, 0L), (counts.New, counts.Changed, counts.Deleted));
    }

    [Fact]
    public async Task A_prefix_in_the_middle_of_a_name_is_a_prefix()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        foreach (string key in new[] { "p/2024-01/a", "p/2024-02/a", "p/2025-01/a" })
            fs.Bucket.Put(key);
        await fs.RefreshAsync("p/2024-");
        Assert.Equal(["2024-01", "2024-02"], await fs.NamesAsync());
        Assert.Equal(ListingState.Unlisted, (await fs.Store.GetDirectoryAsync(InodeRow.RootId))!.Listing);
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal(3, (await fs.NamesAsync()).Count);
    }
}
