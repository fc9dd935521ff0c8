namespace FsxFuse.Metadata.Tests.Conformance;

/// <summary>Every write is read back as it was, by every read that shows it.</summary>
public abstract class RowConformance<THarness> : StoreConformance<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task Inodes_keep_every_field()
    {
        InodeRow row = new()
        {
            Id = 1L << 40,
            Ino = 77,
            Version = long.MaxValue,
            Mode = 0xA1FF,
            Uid = uint.MaxValue,
            Gid = 4_000_000_000,
            NLink = 3,
            Size = 9,
            Rdev = 0xFFFFFFFF,
            AtimeNs = -1,
            MtimeNs = long.MinValue,
            CtimeNs = long.MaxValue,
            BtimeNs = 4,
            ContentId = 5,
            Target = [0, 255, 47],
            Flags = InodeFlags.NoArchive | InodeFlags.Lost,
        };
        await CommitAsync(new RowWrite.PutInode(row));
        InodeRow read = (await Store.GetInodeAsync(row.Id))!;
        Assert.Equal(row.Target, read.Target);
        Assert.Equal(row, read with { Target = row.Target });
        await CommitAsync(new RowWrite.PutInode(row with { Target = null, Size = 1 }));
        Assert.Equal(row with { Target = null, Size = 1 }, await Store.GetInodeAsync(row.Id));
        await CommitAsync(new RowWrite.DeleteInode(row.Id));
        Assert.Null(await Store.GetInodeAsync(row.Id));
    }

    [Fact]
    public async Task Merging_takes_the_later_times_and_moves_the_link_count()
    {
        InodeRow row = NewFile() with { MtimeNs = 10, CtimeNs = 20, NLink = 2 };
        await CommitAsync(new RowWrite.PutInode(row));
        await CommitAsync(new RowWrite.MergeInode(row.Id, 15, 5, -1));
        Assert.Equal(row with { MtimeNs = 15, CtimeNs = 20, NLink = 1, Version = 2 }, await Store.GetInodeAsync(row.Id));
        Assert.True((await CommitAsync(new RowWrite.MergeInode(999_999, 1, 1, 1))).Committed);
        Assert.Null(await Store.GetInodeAsync(999_999));
    }

    [Fact]
    public async Task Deleting_an_inode_takes_what_belongs_to_it()
    {
        InodeRow row = NewFile() with { ContentId = Store.AllocateIds() };
        InodeRow other = NewFile() with { ContentId = Store.AllocateIds() };
        foreach (InodeRow inode in new[] { row, other })
        {
            await CommitAsync(
                new RowWrite.PutInode(inode),
                new RowWrite.PutContent(new ContentRow { Id = inode.ContentId, Inode = inode.Id }),
                new RowWrite.PutBlockMap(new BlockMapRow { Content = inode.ContentId, Chunk = 0, Map = [1] }),
                new RowWrite.PutXattr(new XattrRow { Inode = inode.Id, Name = Name("user.a"), Value = [1] }),
                new RowWrite.PutOrphan(inode.Id));
        }

        await CommitAsync(new RowWrite.DeleteInode(row.Id));
        Assert.Null(await Store.GetContentAsync(row.ContentId));
        Assert.Empty(await Store.GetBlockMapsAsync(row.ContentId));
        Assert.Empty(await Store.GetXattrNamesAsync(row.Id));
        Assert.Equal([other.Id], await Store.GetOrphansAsync(0, 10));
        Assert.NotNull(await Store.GetContentAsync(other.ContentId));
        Assert.Single(await Store.GetBlockMapsAsync(other.ContentId));
        Assert.Single(await Store.GetXattrNamesAsync(other.Id));
    }

    [Fact]
    public async Task Directories_keep_every_field()
    {
        DirectoryRow row = new()
        {
            Id = 50,
            Parent = 49,
            Name = new FileName([0xFF, 0xFE]),
            Version = 3,
            Listing = ListingState.Unlisted,
            LinkId = 2,
            Prefix = "ä/",
            ListedAtNs = 8,
        };
        await CommitAsync(new RowWrite.PutDirectory(row));
        Assert.Equal(row, await Store.GetDirectoryAsync(50));
        await CommitAsync(new RowWrite.PutDirectory(row with { Prefix = "" }));
        Assert.Equal("", (await Store.GetDirectoryAsync(50))!.Prefix);
        await CommitAsync(new RowWrite.PutDirectory(row with { Prefix = null }));
        Assert.Null((await Store.GetDirectoryAsync(50))!.Prefix);
        await CommitAsync(new RowWrite.DeleteDirectory(50));
        Assert.Null(await Store.GetDirectoryAsync(50));
    }

    [Fact]
    public async Task Entries_are_found_by_name_and_by_inode()
    {
        InodeRow file = await AddFileAsync("a");
        DirectoryRow directory = await AddDirectoryAsync("d");
        DentryRow second = Entry(directory.Id, "b", file.Id, Store.AllocateIds());
        await CommitAsync(new RowWrite.PutDentry(second));
        Assert.Equal(second, await Store.GetDentryAsync(directory.Id, Name("b")));
        Assert.Equal(new NamedInode(second, file), await Store.LookupAsync(directory.Id, Name("b")));
        Assert.Null(await Store.LookupAsync(directory.Id, Name("B")));
        Assert.Equal(["a", "b"], (await Store.GetNamesAsync(file.Id)).Select(d => d.Name.ToString()).Order());
        await CommitAsync(new RowWrite.PutDentry(second with { Child = directory.Id, Type = 4 }));
        Assert.Equal(["a"], (await Store.GetNamesAsync(file.Id)).Select(d => d.Name.ToString()));
        await CommitAsync(new RowWrite.DeleteDentry(directory.Id, Name("b")));
        Assert.Null(await Store.GetDentryAsync(directory.Id, Name("b")));
    }

    [Fact]
    public async Task Names_are_bytes()
    {
        FileName[] names = [new([0xFF]), new([0xC3, 0x28]), new("é"), new("e\u0301"), new("É"), new("\U0001F600"), new([.. Enumerable.Repeat((byte)'x', 255)])];
        foreach (FileName name in names)
            await CommitAsync(new RowWrite.PutDentry(new DentryRow { Parent = Root, Name = name, Child = Root, Cookie = Store.AllocateIds() }));
        List<DentryRow> read = [];
        Assert.Equal(names.Length, await Store.ReadDirectoryAsync(Root, 0, 100, read));
        Assert.Equal(names, read.Select(d => d.Name));
    }

    [Fact]
    public async Task Contents_keep_every_field_and_are_found_by_source_and_state()
    {
        ContentRow row = new()
        {
            Id = 70,
            Inode = 69,
            Version = 2,
            Flags = ContentFlags.Cached | ContentFlags.Writing,
            SourceLink = 3,
            SourceKey = "k/ö",
            SourceETag = "e",
            SourceVersionId = "v",
            SourceLength = 1L << 42,
            DirtyVersion = 6,
            UnsyncedBoot = "boot",
        };
        ContentRow bare = new() { Id = 71, Inode = 72 };
        await CommitAsync(new RowWrite.PutContent(row), new RowWrite.PutContent(bare));
        Assert.Equal(row, await Store.GetContentAsync(70));
        Assert.Equal(bare, await Store.GetContentAsync(71));
        Assert.Equal([row], await Store.GetContentsBySourceAsync(3, "k/ö"));
        Assert.Empty(await Store.GetContentsBySourceAsync(3, "k/"));
        Assert.Empty(await Store.GetContentsBySourceAsync(0, ""));
        Assert.Equal([row], await Store.GetContentsAsync(ContentFlags.Writing, 0, 10));
        Assert.Equal([row, bare], await Store.GetContentsAsync(ContentFlags.None, 0, 10));
        await CommitAsync(new RowWrite.PutContent(row with { Flags = ContentFlags.None, SourceKey = "other" }));
        Assert.Empty(await Store.GetContentsAsync(ContentFlags.Writing, 0, 10));
        Assert.Empty(await Store.GetContentsBySourceAsync(3, "k/ö"));
        await CommitAsync(new RowWrite.DeleteContent(70));
        Assert.Null(await Store.GetContentAsync(70));
    }

    [Fact]
    public async Task Contents_of_every_state_are_paged_in_id_order()
    {
        for (long id = 100; id < 164; id++)
            await CommitAsync(new RowWrite.PutContent(new ContentRow { Id = id, Inode = id, Flags = (ContentFlags)(id % 16) }));
        List<long> seen = [];
        while (true)
        {
            IReadOnlyList<ContentRow> page = await Store.GetContentsAsync(ContentFlags.Cached | ContentFlags.Dirty, seen.LastOrDefault(), 3);
            if (page.Count == 0)
                break;
            seen.AddRange(page.Select(c => c.Id));
        }

        Assert.Equal(Enumerable.Range(100, 64).Where(id => (id % 16 & 5) == 5).Select(id => (long)id), seen);
    }

    [Fact]
    public async Task Block_maps_come_in_chunk_order_and_are_cut()
    {
        foreach (long chunk in new long[] { 5, 0, 300, 1 })
            await CommitAsync(new RowWrite.PutBlockMap(new BlockMapRow { Content = 9, Chunk = chunk, Map = [(byte)chunk] }));
        await CommitAsync(new RowWrite.PutBlockMap(new BlockMapRow { Content = 9, Chunk = 5, Map = new byte[4096] }));
        Assert.Equal([0, 1, 5, 300], (await Store.GetBlockMapsAsync(9)).Select(m => m.Chunk));
        Assert.Equal(4096, (await Store.GetBlockMapsAsync(9))[2].Map.Length);
        await CommitAsync(new RowWrite.DeleteBlockMaps(9, 5));
        Assert.Equal([0, 1], (await Store.GetBlockMapsAsync(9)).Select(m => m.Chunk));
        await CommitAsync(new RowWrite.DeleteContent(9));
        Assert.Empty(await Store.GetBlockMapsAsync(9));
    }

    [Fact]
    public async Task Extended_attributes_come_in_name_order()
    {
        byte[] large = new byte[65_536];
        large[^1] = 1;
        await CommitAsync(
            new RowWrite.PutXattr(new XattrRow { Inode = 5, Name = Name("user.b"), Value = large }),
            new RowWrite.PutXattr(new XattrRow { Inode = 5, Name = Name("user.a"), Value = [] }));
        Assert.Equal(["user.a", "user.b"], (await Store.GetXattrNamesAsync(5)).Select(name => name.ToString()));
        Assert.Equal(large, (await Store.GetXattrAsync(5, Name("user.b")))!.Value);
        Assert.Empty((await Store.GetXattrAsync(5, Name("user.a")))!.Value);
        await CommitAsync(new RowWrite.DeleteXattr(5, Name("user.a")));
        Assert.Null(await Store.GetXattrAsync(5, Name("user.a")));
    }

    [Fact]
    public async Task Orphans_are_paged()
    {
        await CommitAsync(new RowWrite.PutOrphan(9), new RowWrite.PutOrphan(7), new RowWrite.PutOrphan(7), new RowWrite.PutOrphan(8));
        Assert.Equal([7, 8], await Store.GetOrphansAsync(0, 2));
        await CommitAsync(new RowWrite.DeleteOrphan(9));
        Assert.Empty(await Store.GetOrphansAsync(8, 2));
    }

    [Fact]
    public async Task Links_tasks_failures_and_settings_keep_every_field()
    {
        LinkRow link = Link(1) with { FailureMessage = "m", CreatedNs = 4 };
        TaskRow older = new() { Id = "task-1", Type = "t", Lifecycle = "PENDING", Request = "{}", Progress = "{}", CreatedNs = 1, EndedNs = 2 };
        TaskRow newer = older with { Id = "task-0", CreatedNs = 9 };
        TaskFailureRow failure = new() { TaskId = "task-1", Number = 1, Path = "/a", Status = "failed", ErrorCode = "S3AccessDenied" };
        await CommitAsync(
            new RowWrite.PutLink(Link(2)), new RowWrite.PutLink(link), new RowWrite.PutTask(older), new RowWrite.PutTask(newer),
            new RowWrite.PutTaskFailure(failure with { Number = 2, Message = "m" }), new RowWrite.PutTaskFailure(failure),
            new RowWrite.PutSetting("k", "v"), new RowWrite.PutSetting("k", "w"));
        Assert.Equal([link, Link(2)], await Store.GetLinksAsync());
        Assert.Equal([newer, older], await Store.GetTasksAsync());
        Assert.Equal(older, await Store.GetTaskAsync("task-1"));
        Assert.Equal([failure], await Store.GetTaskFailuresAsync("task-1", 0, 1));
        Assert.Equal([failure with { Number = 2, Message = "m" }], await Store.GetTaskFailuresAsync("task-1", 1, 10));
        Assert.Equal("w", await Store.GetSettingAsync("k"));
        Assert.Null(await Store.GetSettingAsync("none"));
        await CommitAsync(new RowWrite.DeleteTask("task-1"));
        Assert.Null(await Store.GetTaskAsync("task-1"));
        Assert.Empty(await Store.GetTaskFailuresAsync("task-1", 0, 10));
    }

    [Fact]
    public async Task Hsm_requests_are_one_for_each_inode_and_paged()
    {
        HsmRequestRow restore = new() { Inode = 7, Action = HsmAction.Restore, RequestedNs = 5 };
        HsmRequestRow archive = new() { Inode = 3, Action = HsmAction.Archive, RequestedNs = 9, Note = "n" };
        await CommitAsync(new RowWrite.PutHsmRequest(restore), new RowWrite.PutHsmRequest(archive with { Note = null }), new RowWrite.PutHsmRequest(archive));
        Assert.Equal([archive], await Store.GetHsmRequestsAsync(0, 1));
        Assert.Equal([restore], await Store.GetHsmRequestsAsync(3, 10));
        await CommitAsync(new RowWrite.DeleteHsmRequest(3), new RowWrite.DeleteHsmRequest(4));
        Assert.Equal([restore], await Store.GetHsmRequestsAsync(0, 10));
    }

    [Fact]
    public async Task Deleting_a_link_takes_its_objects_and_its_queue_entries()
    {
        foreach (int link in new[] { 1, 2 })
        {
            await CommitAsync(
                new RowWrite.PutLink(Link(link)), new RowWrite.PutObject(Object(link, "a")),
                new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Key, LinkId = link, Key = "a" }),
                new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Move, LinkId = link, Subject = 3, Key = "a/" }));
        }

        await CommitAsync(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = 3 }));
        await CommitAsync(new RowWrite.DeleteLink(1));
        Assert.Equal([2], (await Store.GetLinksAsync()).Select(l => l.Id));
        Assert.Null(await Store.GetObjectAsync(1, "a"));
        Assert.NotNull(await Store.GetObjectAsync(2, "a"));
        Assert.Empty(await Store.GetQueuedKeysAsync(1, ""));
        Assert.Equal(3, (await Store.GetExportSummaryAsync()).Count);
    }

    [Fact]
    public async Task Of_events_the_newest_ten_thousand_stay()
    {
        EventRow row = new() { TimeNs = 1, Code = "c", LinkId = 2, Subject = "s", Message = "m" };
        for (int i = 0; i < 10_050; i += 150)
        {
            Batch batch = new();
            for (int j = i; j < i + 150; j++)
                batch.Add(new RowWrite.AddEvent(row with { TimeNs = j }));
            await Store.CommitAsync(batch);
        }

        IReadOnlyList<EventRow> all = await Store.GetEventsAsync(20_000);
        Assert.Equal(10_000, all.Count);
        Assert.Equal(50, all[^1].TimeNs);
        EventRow newest = Assert.Single(await Store.GetEventsAsync(1));
        Assert.Equal(row with { TimeNs = 10_049, Id = newest.Id }, newest);
        Assert.True(newest.Id > all[1].Id);
    }

    [Fact]
    public async Task Totals_follow_sizes_and_inodes()
    {
        InodeRow file = await AddFileAsync("a", size: 100);
        await AddFileAsync("b", size: 1);
        await AddDirectoryAsync("d");
        Assert.Equal(new NamespaceTotals(4, 101), await TotalsAsync(4));
        await CommitAsync(new RowWrite.PutInode(file with { Size = 7 }));
        Assert.Equal(new NamespaceTotals(4, 8), await Store.GetTotalsAsync());
        await CommitAsync(new RowWrite.DeleteInode(file.Id), new RowWrite.DeleteInode(file.Id));
        Assert.Equal(new NamespaceTotals(3, 1), await TotalsAsync(3));
        Assert.Equal(new NamespaceTotals(3, 1), await Reopened());

        async Task<NamespaceTotals> Reopened()
        {
            await Store.DisposeAsync();
            Store = await Harness.OpenAsync();
            return await TotalsAsync(3);
        }
    }

    [Fact]
    public async Task Totals_are_right_again_after_a_kill()
    {
        await AddFileAsync("a", size: 100);
        Store = await Harness.OpenAfterKillAsync(Store);
        Assert.Equal(new NamespaceTotals(2, 100), await TotalsAsync(2));
        await AddFileAsync("b", size: 1);
        Assert.Equal(new NamespaceTotals(3, 101), await TotalsAsync(3));
    }

    // They may lag by a few seconds.
    private async Task<NamespaceTotals> TotalsAsync(long inodes)
    {
        NamespaceTotals totals = await Store.GetTotalsAsync();
        for (int i = 0; i < 100 && totals.Inodes != inodes; i++)
        {
            await Task.Delay(50);
            totals = await Store.GetTotalsAsync();
        }

        return totals;
    }
}
