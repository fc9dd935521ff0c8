using System.Diagnostics;
using System.Text;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Tests.Import;

public sealed class AttributeTests
{
    private static readonly Dictionary<string, string> Fsx = new()
    {
        ["file-permissions"] = "0100640",
        ["file-owner"] = "5",
        ["file-group"] = "6",
        ["file-mtime"] = "1700000000123456789ns",
        ["file-atime"] = "1700000001000000000ns",
    };

    [Fact]
    public async Task A_head_gives_a_file_its_attributes()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "abc", Fsx);
        await fs.Importer.ListAsync(InodeRow.RootId);
        NamedInode before = await fs.GetAsync("/a");
        await fs.Importer.ImportAttributesAsync(before.Inode.Id, InodeRow.RootId, before.Dentry.Cookie);
        NamedInode a = await fs.GetAsync("/a");
        Assert.Equal(
            (FileType.Regular | 0x1A0u, 5u, 6u, 1700000000123456789L, 1700000001000000000L, InodeFlags.Archived, (byte)8, 3L),
            (a.Inode.Mode, a.Inode.Uid, a.Inode.Gid, a.Inode.MtimeNs, a.Inode.AtimeNs, a.Inode.Flags, a.Dentry.Type, a.Inode.Size));
    }

    [Fact]
    public async Task Ls_l_makes_at_most_one_head_each_many_at_a_time_and_none_the_second_time()
    {
        const int Files = 1000;
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        for (int i = 0; i < Files; i++)
            fs.Bucket.Put($"p/{i:D5}", $"{i}", Fsx);
        await fs.Importer.ListAsync(InodeRow.RootId);
        fs.Bucket.Latency = TimeSpan.FromMilliseconds(40);
        Stopwatch watch = Stopwatch.StartNew();
        for (int round = 0; round < 2; round++)
        {
            foreach (NamedInode entry in await fs.ReadAsync())
            {
                InodeRow now = (await fs.Store.GetInodeAsync(entry.Inode.Id))!;
                if (now.Flags.HasFlag(InodeFlags.AttributesPending))
                    await fs.Importer.ImportAttributesAsync(now.Id, InodeRow.RootId, entry.Dentry.Cookie);
            }
        }
        watch.Stop();
        Assert.Equal(Files, fs.Bucket.Heads);
        Assert.InRange(fs.Bucket.MostHeadsAtOnce, 32, 64);
        Assert.All(await fs.ReadAsync(), e => Assert.Equal(5u, e.Inode.Uid));
        // One after the other it would take 40 s; 64 at a time takes 0.64 s.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 6);
    }

    [Fact]
    public async Task A_lone_stat_in_the_middle_reads_nothing_ahead()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/", 500);
        await fs.Importer.ListAsync(InodeRow.RootId);
        foreach (int i in new[] { 250, 40, 400 })
        {
            NamedInode entry = await fs.GetAsync($"/{i:D6}");
            await fs.Importer.ImportAttributesAsync(entry.Inode.Id, InodeRow.RootId, entry.Dentry.Cookie);
            await Task.Delay(50);
        }
        Assert.Equal(3, fs.Bucket.Heads);
    }

    [Fact]
    public async Task A_thousand_callers_for_one_inode_share_one_head()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/", 3);
        await fs.Importer.ListAsync(InodeRow.RootId);
        NamedInode a = await fs.GetAsync("/000001");
        fs.Bucket.Latency = TimeSpan.FromMilliseconds(200);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(async () => await fs.Importer.ImportAttributesAsync(a.Inode.Id, InodeRow.RootId, a.Dentry.Cookie))));
        Assert.Single(fs.Bucket.HeadKeys, "p/000001");
    }

    [Fact]
    public async Task Symbolic_links_show_by_head_and_their_body_is_the_target()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/fsx", "over/there", new Dictionary<string, string> { ["file-permissions"] = "0120777" });
        fs.Bucket.Put("p/geesefs", "", new Dictionary<string, string> { ["--symlink-target"] = "a%20b" });
        fs.Bucket.Put("p/s3fs", "there", new Dictionary<string, string> { ["mode"] = "41471" });
        await fs.Importer.ListAsync(InodeRow.RootId);
        await fs.Importer.ImportAllAttributesAsync(InodeRow.RootId);
        foreach ((string name, string target) in new[] { ("/fsx", "over/there"), ("/geesefs", "a b"), ("/s3fs", "there") })
        {
            NamedInode link = await fs.GetAsync(name);
            Assert.Equal((FileType.Symlink | 0x1FFu, target, (long)target.Length, 0L, (byte)10), (link.Inode.Mode, Encoding.UTF8.GetString(link.Inode.Target!), link.Inode.Size, link.Inode.ContentId, link.Dentry.Type));
        }
        Assert.Empty(await fs.Store.GetContentsBySourceAsync(fs.Link.Id, "p/fsx"));
    }

    [Fact]
    public async Task A_directory_takes_its_marker_s_attributes_or_the_defaults()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/d/", "", new Dictionary<string, string> { ["file-permissions"] = "040700", ["file-owner"] = "9", ["file-mtime"] = "5000000ns" });
        fs.Bucket.Put("p/e/x");
        await fs.Importer.ListAsync(InodeRow.RootId);
        await fs.Importer.ImportAllAttributesAsync(InodeRow.RootId);
        InodeRow d = (await fs.GetAsync("/d")).Inode, e = (await fs.GetAsync("/e")).Inode;
        Assert.Equal((FileType.Directory | 0x1C0u, 9u, 5000000L, InodeFlags.Archived), (d.Mode, d.Uid, d.MtimeNs, d.Flags));
        Assert.Equal((FileType.Directory | 0x1EDu, 1000u, InodeFlags.Archived), (e.Mode, e.Uid, e.Flags));
    }

    [Fact]
    public async Task An_object_replaced_after_the_listing_is_shown_as_it_is_now()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "old");
        await fs.Importer.ListAsync(InodeRow.RootId);
        string etag = fs.Bucket.Put("p/a", "newer", Fsx);
        await fs.Importer.ImportAllAttributesAsync(InodeRow.RootId);
        InodeRow a = (await fs.GetAsync("/a")).Inode;
        Assert.Equal((5L, 5u), (a.Size, a.Uid));
        Assert.Equal(etag, (await fs.Store.GetContentAsync(a.ContentId))!.SourceETag);
        Assert.Equal(etag, (await fs.Store.GetObjectAsync(fs.Link.Id, "p/a"))!.ETag);
        Assert.Single(await fs.Store.GetContentsBySourceAsync(fs.Link.Id, "p/a"));
    }

    [Fact]
    public async Task An_object_deleted_after_the_listing_takes_its_name_with_it()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a");
        await fs.Importer.ListAsync(InodeRow.RootId);
        NamedInode a = await fs.GetAsync("/a");
        fs.Bucket.Remove("p/a");
        await fs.Importer.ImportAllAttributesAsync(InodeRow.RootId);
        Assert.Empty(await fs.NamesAsync());
        Assert.Equal([a.Inode.Id], await fs.Store.GetOrphansAsync(0, 10));
    }

    [Fact]
    public async Task What_was_written_here_meanwhile_keeps_its_size_and_times()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "abc", Fsx);
        await fs.Importer.ListAsync(InodeRow.RootId);
        NamedInode a = await fs.GetAsync("/a");
        fs.Bucket.AfterHead = async _ =>
        {
            fs.Bucket.AfterHead = null;
            ContentRow content = (await fs.Store.GetContentAsync(a.Inode.ContentId))!;
            await fs.CommitAsync(batch =>
            {
                batch.Update(a.Inode, a.Inode with { Size = 99, MtimeNs = 42 });
                batch.Update(content, content with { Flags = ContentFlags.Cached | ContentFlags.Dirty });
            });
        };
        await fs.Importer.ImportAttributesAsync(a.Inode.Id, InodeRow.RootId, a.Dentry.Cookie);
        InodeRow now = (await fs.GetAsync("/a")).Inode;
        Assert.Equal((99L, 42L, 5u, InodeFlags.Archived), (now.Size, now.MtimeNs, now.Uid, now.Flags));
    }

    [Fact]
    public async Task A_lookup_costs_at_most_one_head_and_one_list_and_knows_the_attributes()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "abc", Fsx);
        fs.Bucket.Put("p/d/x");
        fs.Bucket.Latency = TimeSpan.FromMilliseconds(100);
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(async () => await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName("a")))));
        Assert.Equal((1, 1), (fs.Bucket.Heads, fs.Bucket.Lists));
        Assert.Equal((5u, InodeFlags.Archived), ((await fs.GetAsync("/a")).Inode.Uid, (await fs.GetAsync("/a")).Inode.Flags));
        await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName("d"));
        Assert.Equal((1, 2), (fs.Bucket.Heads, fs.Bucket.Lists));
        Assert.Equal((true, InodeFlags.Archived), ((await fs.GetAsync("/d")).Inode.IsDirectory, (await fs.GetAsync("/d")).Inode.Flags));
        await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName("absent"));
        Assert.Null(await fs.FindAsync("/absent"));
        Assert.Equal((2, 3), (fs.Bucket.Heads, fs.Bucket.Lists));
        await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName(new byte[] { 0xFF }));
        Assert.Equal((2, 3), (fs.Bucket.Heads, fs.Bucket.Lists));
        Assert.Equal(ListingState.Unlisted, (await fs.Store.GetDirectoryAsync(InodeRow.RootId))!.Listing);
        await fs.Importer.ListAsync(InodeRow.RootId);
        Assert.Equal(["a", "d"], await fs.NamesAsync());
    }

    [Fact]
    public async Task A_name_with_an_extension_is_asked_for_as_file_and_directory_at_the_same_time()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a.txt", "abc", Fsx);
        fs.Bucket.Put("p/d.d/x");
        fs.Bucket.Latency = TimeSpan.FromMilliseconds(500);
        Stopwatch watch = Stopwatch.StartNew();
        await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName("a.txt"));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 950);
        Assert.Equal((1, 1), (fs.Bucket.Heads, fs.Bucket.Lists));
        await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName("d.d"));
        Assert.Equal((true, InodeFlags.Archived), ((await fs.GetAsync("/d.d")).Inode.IsDirectory, (await fs.GetAsync("/d.d")).Inode.Flags));
    }

    [Fact]
    public async Task A_directory_without_a_marker_costs_no_head_and_no_request_besides_its_listing()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/d/", 2500);
        fs.Bucket.PutMany("p/e/", 10);
        await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName("d"));
        NamedInode d = await fs.GetAsync("/d");
        await fs.Importer.ListAsync(d.Inode.Id);
        Assert.Equal((0, 3), (fs.Bucket.Heads, fs.Bucket.Lists));
        Assert.Equal(2500, (await fs.ReadAsync(d.Inode.Id)).Count);

        // The same for one that its parent's listing showed.
        await fs.Importer.ListAsync(InodeRow.RootId);
        NamedInode e = await fs.GetAsync("/e");
        Assert.True(e.Inode.Flags.HasFlag(InodeFlags.AttributesPending));
        fs.Bucket.ResetCounts();
        await fs.Importer.ImportAttributesAsync(e.Inode.Id, InodeRow.RootId, 0);
        Assert.False((await fs.GetAsync("/e")).Inode.Flags.HasFlag(InodeFlags.AttributesPending));
        await fs.Importer.ListAsync(e.Inode.Id);
        Assert.Equal((0, 1), (fs.Bucket.Heads, fs.Bucket.Lists));
        Assert.Equal(10, (await fs.ReadAsync(e.Inode.Id)).Count);
    }

    [Fact]
    public async Task What_changes_between_the_first_look_into_a_directory_and_its_listing_is_respected()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/d/", 3);
        await fs.Importer.ImportNameAsync(InodeRow.RootId, new FileName("d"));
        NamedInode d = await fs.GetAsync("/d");
        await fs.Importer.ImportNameAsync(d.Inode.Id, new FileName("000001"));
        await fs.UnlinkAsync("/d/000001", queue: false);
        await fs.CreateFileAsync(d.Inode.Id, "000002");
        int lists = fs.Bucket.Lists;
        await fs.Importer.ListAsync(d.Inode.Id);
        Assert.Equal(lists, fs.Bucket.Lists);
        Assert.Equal(["000000", "000002"], await fs.NamesAsync(d.Inode.Id));
        Assert.Equal(0, (await fs.GetAsync("/d/000002")).Inode.ContentId);
    }
}
