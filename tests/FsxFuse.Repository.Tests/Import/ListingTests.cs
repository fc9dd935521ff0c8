using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Tests.Import;

public sealed class ListingTests
{
    [Fact]
    public async Task Ten_thousand_objects_cost_ten_lists_and_no_head()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/", 10_000);
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal((10, 0, 0), (fs.Bucket.Lists, fs.Bucket.Heads, fs.Bucket.Gets));
        List<NamedInode> entries = await fs.ReadAsync();
        Assert.Equal(10_000, entries.Count);
        Assert.All(entries, e => Assert.Equal((byte)0, e.Dentry.Type));
        Assert.All(entries, e => Assert.Equal(FileType.Regular | 0x1A4u, e.Inode.Mode));
        Assert.All(entries, e => Assert.Equal((1000u, 1001u), (e.Inode.Uid, e.Inode.Gid)));
        DirectoryRow root = (await fs.Store.GetDirectoryAsync(InodeRow.RootId))!;
        Assert.Equal(ListingState.Complete, root.Listing);
        Assert.NotEqual(0, root.ListedAtNs);

        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal(10, fs.Bucket.Lists);
    }

    [Fact]
    public async Task Rows_of_a_listing_are_released_files_and_unlisted_directories()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        string etag = fs.Bucket.Put("p/small", "abc");
        fs.Bucket.Put("p/large", new string('x', 5000));
        fs.Bucket.Put("p/", "");
        fs.Bucket.Put("p/dir/a");
        fs.Bucket.Put("p/dir/b");
        InodeRow before = (await fs.Store.GetInodeAsync(InodeRow.RootId))!;
        await fs.Importer.ListAsync(InodeRow.RootId);

        NamedInode small = await fs.GetAsync("/small");
        Assert.Equal(3, small.Inode.Size);
        Assert.True(small.Inode.Flags.HasFlag(InodeFlags.AttributesPending | InodeFlags.Archived));
        ContentRow content = (await fs.Store.GetContentAsync(small.Inode.ContentId))!;
        Assert.Equal((ContentFlags.None, fs.Link.Id, "p/small", etag, 3L), (content.Flags, content.SourceLink, content.SourceKey!, content.SourceETag!, content.SourceLength));
        Assert.Equal(etag, (await fs.Store.GetObjectAsync(fs.Link.Id, "p/small"))!.ETag);
        Assert.NotNull(await fs.Store.GetObjectAsync(fs.Link.Id, "p/"));
        Assert.Equal(8, (await fs.GetAsync("/large")).Dentry.Type);

        NamedInode dir = await fs.GetAsync("/dir");
        Assert.Equal((byte)4, dir.Dentry.Type);
        Assert.Equal(FileType.Directory | 0x1EDu, dir.Inode.Mode);
        DirectoryRow row = (await fs.Store.GetDirectoryAsync(dir.Inode.Id))!;
        Assert.Equal((ListingState.Unlisted, "p/dir/", InodeRow.RootId), (row.Listing, row.Prefix!, row.Parent));
        InodeRow after = (await fs.Store.GetInodeAsync(InodeRow.RootId))!;
        Assert.Equal((before.NLink + 1, before.MtimeNs, before.CtimeNs), (after.NLink, after.MtimeNs, after.CtimeNs));
    }

    [Fact]
    public async Task Without_posix_metadata_nothing_is_pending()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync(new LinkOptions { PosixMetadata = false, DefaultUid = 7, DefaultFileMode = 0b110_000_000 });
        fs.Bucket.Put("p/a");
        fs.Bucket.Put("p/d/a");
        await fs.Importer.ListAsync(InodeRow.RootId);
        NamedInode a = await fs.GetAsync("/a");
        Assert.Equal(((byte)8, InodeFlags.Archived, FileType.Regular | 0x180u, 7u), (a.Dentry.Type, a.Inode.Flags, a.Inode.Mode, a.Inode.Uid));
        Assert.Equal(InodeFlags.Archived, (await fs.GetAsync("/d")).Inode.Flags);
        await fs.Importer.ImportAttributesAsync(a.Inode.Id, InodeRow.RootId, a.Dentry.Cookie);
        Assert.Equal(0, fs.Bucket.Heads);
    }

    [Fact]
    public async Task Keys_that_cannot_be_names_are_left_out_and_reported_once()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        foreach (string key in new[] { "p//x", "p/.", "p/..", "p/../x", "p/nul\0", $"p/{new string('n', 256)}", "p/both", "p/both/x", "p/fine", $"p/{new string('ä', 128)}" })
            fs.Bucket.Put(key);
        fs.Bucket.Put($"p/{new string('n', 255)}");
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal(["both", "fine", new string('n', 255)], await fs.NamesAsync());
        Assert.True((await fs.GetAsync("/both")).Inode.IsDirectory);
        EventRow e = Assert.Single(await fs.Store.GetEventsAsync(100));
        Assert.Equal("S3ImportObjectPathNotPosixCompliant", e.Code);
        Assert.StartsWith("8 keys", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trials_of_what_a_repository_can_do_are_never_seen_as_files()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        foreach (string key in new[] { "p/.fsxfuse-probe-12ab", "p/.fsxfuse-probe-12ab.2", "p/fine" })
            fs.Bucket.Put(key);
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal(["fine"], await fs.NamesAsync());
        Assert.Empty(await fs.Store.GetEventsAsync(10));
    }

    [Fact]
    public async Task A_directory_wins_over_an_object_pages_before_it()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PageSize = 2;
        fs.Bucket.Put("p/a");
        for (int i = 0; i < 9; i++)
            fs.Bucket.Put($"p/a!{i}");
        fs.Bucket.Put("p/a/x");
        fs.Bucket.Put("p/b");
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.True((await fs.GetAsync("/a")).Inode.IsDirectory);
        Assert.Equal(11, (await fs.NamesAsync()).Count);
        Assert.Single(await fs.Store.GetEventsAsync(10));
    }

    [Fact]
    public async Task Names_that_exist_and_tombstones_are_respected()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        foreach (string key in new[] { "p/local", "p/deleted", "p/dropped/x", "p/dropped/y", "p/moved/x", "p/kept" })
            fs.Bucket.Put(key);
        await fs.CreateFileAsync(InodeRow.RootId, "local");
        await fs.CommitAsync(batch =>
        {
            fs.QueueKey(batch, "p/deleted");
            fs.QueueKey(batch, "p/dropped/y");
            batch.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Move, LinkId = fs.Link.Id, Subject = 77, Key = "p/moved/", QueuedNs = 1 }));
        });
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal(["kept", "local"], await fs.NamesAsync());
        Assert.Equal(0, (await fs.GetAsync("/local")).Inode.ContentId);

    }

    [Fact]
    public async Task A_name_deleted_and_exported_while_its_page_was_under_way_does_not_come_back()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a");
        fs.Bucket.Put("p/b");
        await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName("a"));
        bool done = false;
        fs.Bucket.AfterList = async _ =>
        {
            if (done)
                return;
            done = true;
            await fs.UnlinkAsync("/a");
            ExportRow queued = (await fs.Store.GetExportAsync(ExportKind.Key, fs.Link.Id, 0, "p/a"))!;
            fs.Bucket.Remove("p/a");
            await fs.CommitAsync(batch => batch.Add(new RowWrite.DeleteExport(queued.Id, queued.Version)));
        };
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal(["b"], await fs.NamesAsync());
    }

    [Fact]
    public async Task A_directory_moved_while_it_is_listed_becomes_complete_at_its_new_place()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/dir/", 2500);
        fs.Bucket.Put("p/to/x");
        await fs.Importer.ListAsync(InodeRow.RootId);
        NamedInode dir = await fs.GetAsync("/dir");
        NamedInode to = await fs.GetAsync("/to");
        int page = 0;
        fs.Bucket.AfterList = async _ =>
        {
            if (Interlocked.Increment(ref page) != 2)
                return;
            DirectoryRow row = (await fs.Store.GetDirectoryAsync(dir.Inode.Id))!;
            await fs.CommitAsync(batch =>
            {
                batch.Add(new RowWrite.DeleteDentry(InodeRow.RootId, dir.Dentry.Name));
                batch.Add(new RowWrite.PutDentry(dir.Dentry with { Parent = to.Inode.Id, Name = new FileName("moved") }));
                batch.Update(row, row with { Parent = to.Inode.Id, Name = new FileName("moved") });
                batch.Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Move, LinkId = fs.Link.Id, Subject = dir.Inode.Id, Key = "p/dir/", QueuedNs = 1 }));
            });
        };
        await fs.Importer.ListAsync(dir.Inode.Id);
        DirectoryRow moved = (await fs.Store.GetDirectoryAsync(dir.Inode.Id))!;
        Assert.Equal((ListingState.Complete, "p/dir/"), (moved.Listing, moved.Prefix!));
        Assert.Equal(2500, (await fs.ReadAsync(dir.Inode.Id)).Count);
        Assert.Equal("p/to/moved/", (await fs.Paths.GetPrefixAsync(dir.Inode.Id))!.Value.Key);
    }

    [Fact]
    public async Task A_thousand_callers_share_one_listing()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/", 50);
        fs.Bucket.Latency = TimeSpan.FromMilliseconds(200);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(async () => await fs.Importer.ListAsync(InodeRow.RootId))));
        Assert.Equal(1, fs.Bucket.Lists);
        Assert.Equal(50, (await fs.NamesAsync()).Count);
    }

    [Fact]
    public async Task A_listing_that_breaks_off_leaves_the_directory_unlisted_and_can_be_repeated()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/", 2500);
        int pages = 0;
        fs.Bucket.AfterList = _ =>
        {
            if (++pages == 2)
                fs.Bucket.Failure = new ObjectStoreException(ObjectStoreErrorKind.AccessDenied, "no more");
            return Task.CompletedTask;
        };
        NamespaceSourceException e = await Assert.ThrowsAsync<NamespaceSourceException>(async () => await fs.Importer.ListAsync(InodeRow.RootId));
        Assert.Equal(13, e.Errno);
        Assert.Equal(ListingState.Unlisted, (await fs.Store.GetDirectoryAsync(InodeRow.RootId))!.Listing);
        Assert.NotEmpty(await fs.NamesAsync());
        Assert.Equal("S3ImportAccessDenied", Assert.Single(await fs.Store.GetEventsAsync(10)).Code);
        fs.Bucket.Failure = null;
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal(2500, (await fs.NamesAsync()).Count);
    }
}
