namespace FsxFuse.Metadata.Tests.Conformance;

/// <summary>The export queue, the remembered objects and what is looked up by key.</summary>
public abstract class QueueConformance<THarness> : StoreConformance<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task Queueing_again_raises_the_version_and_forgets_failures()
    {
        ExportRow row = new() { Kind = ExportKind.Key, LinkId = 1, Key = "k", QueuedNs = 10, NotBeforeNs = 50 };
        ExportRow entry = await QueueAsync(row);
        Assert.Equal(row with { Id = entry.Id, Version = 1 }, entry);
        await CommitAsync(new RowWrite.DeferExport(entry with { NotBeforeNs = 90, Attempts = 3, LastError = "e" }));
        Assert.Equal(entry with { NotBeforeNs = 90, Attempts = 3, LastError = "e" }, await Store.GetExportAsync(ExportKind.Key, 1, 0, "k"));
        Assert.Equal(new ExportQueueSummary(1, 10, 90, 1), await Store.GetExportSummaryAsync());
        await CommitAsync(new RowWrite.DeferExport(entry with { Version = 9, NotBeforeNs = 1, Attempts = 7 }));
        ExportRow again = await QueueAsync(row with { QueuedNs = 70, NotBeforeNs = 70 });
        Assert.Equal(entry with { Version = 2, NotBeforeNs = 70 }, again);
        Assert.Equal(again with { Version = 3 }, await QueueAsync(row with { NotBeforeNs = 100 }));
        Assert.Equal(new ExportQueueSummary(1, 10, 70, 0), await Store.GetExportSummaryAsync());
    }

    [Fact]
    public async Task An_entry_queued_again_is_not_deleted_by_a_stale_worker()
    {
        ExportRow row = new() { Kind = ExportKind.Inode, Subject = 5 };
        ExportRow old = await QueueAsync(row);
        ExportRow again = await QueueAsync(row);
        await CommitAsync(new RowWrite.DeleteExport(old.Id, old.Version));
        Assert.Equal(again, await Store.GetExportAsync(ExportKind.Inode, 0, 5, ""));
        await CommitAsync(new RowWrite.DeleteExport(again.Id, again.Version));
        Assert.Null(await Store.GetExportAsync(ExportKind.Inode, 0, 5, ""));
        ExportRow anew = await QueueAsync(row);
        await CommitAsync(new RowWrite.DeleteExport(old.Id, old.Version), new RowWrite.DeleteExport(again.Id, again.Version));
        Assert.Equal(anew, await Store.GetExportAsync(ExportKind.Inode, 0, 5, ""));
        Assert.True(anew.Id > again.Id);
    }

    [Fact]
    public async Task Entries_that_are_due_come_in_the_order_of_queueing()
    {
        for (int i = 0; i < 2500; i++)
            await CommitAsync(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = i, QueuedNs = i, NotBeforeNs = i % 5 * 100 }));
        foreach ((long due, int every) in new[] { (99L, 5), (100L, 0), (1000L, 1) })
        {
            List<ExportRow> seen = [];
            IReadOnlyList<ExportRow> page;
            while ((page = await Store.GetExportsAsync(due, seen.Count == 0 ? 0 : seen[^1].Id, 333)).Count > 0)
                seen.AddRange(page);
            Assert.Equal(Enumerable.Range(0, 2500).Where(i => every == 0 ? i % 5 < 2 : i % every == 0).Select(i => (long)i), seen.Select(e => e.Subject));
        }

        Assert.Empty(await Store.GetExportsAsync(-1, 0, 10));
        Assert.Equal(new ExportQueueSummary(2500, 0, 0, 0), await Store.GetExportSummaryAsync());
        await Store.DisposeAsync();
        Store = await Harness.OpenAsync();
        Assert.Equal(2500, (await Store.GetExportSummaryAsync()).Count);
    }

    [Fact]
    public async Task An_empty_queue_is_told() => Assert.Equal(default, await Store.GetExportSummaryAsync());

    [Fact]
    public async Task Tombstones_are_found_by_prefix()
    {
        foreach (string key in new[] { "a/b", "a/", "a/\u00FF", "a/\U0010FFFF", "a0", "b", "A/" })
            await QueueAsync(new ExportRow { Kind = ExportKind.Key, LinkId = 1, Key = key });
        await QueueAsync(new ExportRow { Kind = ExportKind.Move, LinkId = 1, Subject = 4, Key = "a/m/" });
        await QueueAsync(new ExportRow { Kind = ExportKind.Key, LinkId = 2, Key = "a/z" });
        Assert.Equal(["a/", "a/b", "a/\u00FF", "a/\U0010FFFF"], await Store.GetQueuedKeysAsync(1, "a/"));
        Assert.Equal(7, (await Store.GetQueuedKeysAsync(1, "")).Count);
    }

    [Fact]
    public async Task Objects_keep_every_field()
    {
        ObjectRow row = new() { LinkId = 1, Key = "k", ETag = "e", VersionId = "v", Size = 1L << 45, ModifiedNs = -5 };
        await CommitAsync(new RowWrite.PutObject(row), new RowWrite.PutObject(row with { LinkId = 2, VersionId = null }));
        Assert.Equal(row, await Store.GetObjectAsync(1, "k"));
        await CommitAsync(new RowWrite.PutObject(row with { VersionId = null, ETag = "f" }));
        Assert.Equal(row with { VersionId = null, ETag = "f" }, await Store.GetObjectAsync(1, "k"));
        await CommitAsync(new RowWrite.DeleteObject(1, "k"));
        Assert.Null(await Store.GetObjectAsync(1, "k"));
        Assert.NotNull(await Store.GetObjectAsync(2, "k"));
    }

    [Fact]
    public async Task Keys_are_in_byte_order_whatever_they_hold()
    {
        // U+FFFD sorts above U+10000 in UTF-16 and below it in UTF-8; S3 lists in UTF-8 order.
        string[] keys =
        [
            "", " ", "!", "A", "B", "Z", "a", "a ", "a/", "a/b", "a0", "b", "z", "~", "\u0001", "\u007F", "\u0080", "\u00E9", "e\u0301", "\u07FF",
            "\u0800", "\u3042", "\uD7FF", "\uE000", "\uFFFD", "\uFFFF", "\U00010000", "\U0001F600", "\U0010FFFF", "a\u0000b", "%", "_", "a%", "a_",
            new string('k', 1024),
        ];
        foreach (string key in keys.Reverse())
            await CommitAsync(new RowWrite.PutObject(Object(1, key)));
        string[] ordered = [.. keys.OrderBy(key => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal)];
        Assert.Equal(ordered.Skip(1), (await Store.GetObjectsAsync(1, "", "", 1000)).Select(o => o.Key).Where(key => key.Length > 0));

        foreach (string prefix in new[] { "a", "a/", "\uFFFF", "\U0010FFFF", "\u07FF", "%" })
        {
            List<string> seen = [];
            IReadOnlyList<ObjectRow> page;
            while ((page = await Store.GetObjectsAsync(1, prefix, seen.LastOrDefault() ?? "", 2)).Count > 0)
                seen.AddRange(page.Select(o => o.Key));
            Assert.Equal(ordered.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)), seen);
        }

        Assert.Equal(["b"], (await Store.GetObjectsAsync(1, "b", "a", 9)).Select(o => o.Key));
        Assert.Empty(await Store.GetObjectsAsync(1, "a", "z", 9));
        Assert.Empty(await Store.GetObjectsAsync(1, "a", "", 0));
    }

    [Fact]
    public async Task Unlisted_directories_are_found_by_the_keys_they_may_hold()
    {
        long id = 100;
        foreach ((int link, string prefix, ListingState state) in new[]
        {
            (1, "", ListingState.Unlisted), (1, "a/", ListingState.Unlisted), (1, "a/b/", ListingState.Complete),
            (1, "a/b/c/", ListingState.Unlisted), (1, "a/x/", ListingState.Unlisted), (2, "a/", ListingState.Unlisted),
        })
        {
            await CommitAsync(new RowWrite.PutDirectory(new DirectoryRow
            {
                Id = id++,
                Parent = Root,
                Name = Name("d"),
                LinkId = link,
                Prefix = prefix,
                Listing = state,
            }));
        }

        Assert.Equal([100, 101, 103], Ids(await Store.GetUnlistedDirectoriesCoveringAsync(1, "a/b/c/d")));
        Assert.Equal([100, 101, 103], Ids(await Store.GetUnlistedDirectoriesCoveringAsync(1, "a/b/c/")));
        Assert.Equal([100, 101], Ids(await Store.GetUnlistedDirectoriesCoveringAsync(1, "a/b/c")));
        Assert.Equal([100], Ids(await Store.GetUnlistedDirectoriesCoveringAsync(1, "a")));
        Assert.Equal([100], Ids(await Store.GetUnlistedDirectoriesCoveringAsync(1, "")));
        Assert.Empty(await Store.GetUnlistedDirectoriesCoveringAsync(3, "a/b"));
        Assert.Equal([100, 101, 102], Ids(await Store.GetDirectoriesAsync(1, 0, 3)));
        Assert.Equal([103, 104], Ids(await Store.GetDirectoriesAsync(1, 102, 3)));
        Assert.Empty(await Store.GetDirectoriesAsync(3, 0, 3));

        static IEnumerable<long> Ids(IEnumerable<DirectoryRow> rows) => rows.Select(row => row.Id).Order();
    }
}
