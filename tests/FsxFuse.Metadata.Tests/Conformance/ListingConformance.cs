namespace FsxFuse.Metadata.Tests.Conformance;

/// <summary>Reading directories page by page.</summary>
public abstract class ListingConformance<THarness> : StoreConformance<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task A_listing_is_in_the_order_of_cookies_and_appends()
    {
        foreach (string name in new[] { "c", "a", "b" })
            await AddFileAsync(name);
        DirectoryRow other = await AddDirectoryAsync("d");
        await AddFileAsync("e", other.Id);
        List<DentryRow> plain = [Entry(9, "before", 9, 9)];
        Assert.Equal(2, await Store.ReadDirectoryAsync(Root, 0, 2, plain));
        Assert.Equal(2, await Store.ReadDirectoryAsync(Root, plain[^1].Cookie, 100, plain));
        Assert.Equal(["before", "c", "a", "b", "d"], plain.Select(d => d.Name.ToString()));
        Assert.Equal(0, await Store.ReadDirectoryAsync(Root, plain[^1].Cookie, 100, plain));
        Assert.Equal(4, plain[^1].Type);
        List<NamedInode> plus = [];
        Assert.Equal(4, await Store.ReadDirectoryPlusAsync(Root, 0, 100, plus));
        Assert.Equal(plain.Skip(1), plus.Select(entry => entry.Dentry));
        foreach (NamedInode entry in plus)
            Assert.Equal(await Store.GetInodeAsync(entry.Dentry.Child), entry.Inode);
        Assert.Equal(0, await Store.ReadDirectoryAsync(Root, 0, 0, plain));
    }

    [Fact]
    public async Task A_reader_keeps_its_place_whatever_others_do()
    {
        for (int i = 0; i < 500; i++)
            await AddFileAsync($"stays{i}");
        IMetadataStore second = await Harness.OpenSecondAsync(Store);
        using CancellationTokenSource stop = new();
        Task others = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                await second.CommitAsync(new Batch().Add(new RowWrite.PutDentry(Entry(Root, $"comes{i}", Root, second.AllocateIds()))));
                await second.CommitAsync(new Batch().Add(new RowWrite.DeleteDentry(Root, Name($"comes{i / 2}"))));
            }
        });
        try
        {
            for (int pass = 0; pass < 10; pass++)
            {
                List<DentryRow> seen = [];
                while (await Store.ReadDirectoryAsync(Root, seen.Count == 0 ? 0 : seen[^1].Cookie, 7, seen) == 7 && seen.Count < 20_000)
                {
                }

                Assert.Equal(seen.Count, seen.Select(d => d.Cookie).Distinct().Count());
                Assert.Equal(seen.Select(d => d.Cookie).Order(), seen.Select(d => d.Cookie));
                Assert.Equal(500, seen.Count(d => d.Name.ToString().StartsWith("stays", StringComparison.Ordinal)));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await others;
        }
    }

    [Fact]
    public async Task A_hundred_thousand_entries_are_paged_in_constant_memory()
    {
        const int count = 100_000;
        for (int i = 0; i < count;)
        {
            Batch batch = new();
            for (int j = 0; j < 1000; j++, i++)
                batch.Add(new RowWrite.PutDentry(Entry(Root, $"file-{i:d6}", Root, Store.AllocateIds())));
            await Store.CommitAsync(batch);
        }

        List<DentryRow> page = new(256);
        long cookie = 0;
        int read = 0;
        long most = 0;
        while (await Store.ReadDirectoryAsync(Root, cookie, 256, page) > 0)
        {
            read += page.Count;
            Assert.True(page[0].Cookie > cookie);
            cookie = page[^1].Cookie;
            page.Clear();
            if (read % (256 * 50) == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        }

        Assert.Equal(count, read);
        Assert.InRange(most, 0, 64L << 20);
    }
}
