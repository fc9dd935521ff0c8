using FsxFuse.Metadata;

namespace FsxFuse.Cache.Tests;

/// <summary>What is released by itself, what never is, and in which order.</summary>
public class AutomaticReleaseTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public async Task Above_the_high_mark_the_least_recently_used_go_until_the_low_one()
    {
        await using CacheFixture f = await StartAsync(high: 70, low: 40);
        long[] ids = [.. await LoadAsync(f, 9)];
        Assert.True(f.Cache.GetUsage().Used >= 9 * MiB);
        // The first is old on the disk and was used since, as the file system tells; the second was used lately; the others in order.
        Age(f, ids[0], 100);
        InodeRow used = await f.InodeOfAsync(ids[0]);
        Batch touch = new();
        touch.Update(used, used with { AtimeNs = NowNs() });
        await f.CommitAsync(touch);
        for (int i = 2; i < ids.Length; i++)
            Age(f, ids[i], 50 - i);

        Assert.Equal(5 * MiB, await f.Cache.Release.CheckAsync());
        Assert.Equal([true, true, false, false, false, false, false, true, true], ids.Select(id => File.Exists(f.FileOf(id))));
        Assert.Equal((5, 5L * MiB, false, false), (f.Cache.ReleaseProgress.Files, f.Cache.ReleaseProgress.Bytes, f.Cache.ReleaseProgress.IsRunning, f.Cache.ReleaseProgress.IsStuck));
        Assert.Equal(0, await f.Cache.Release.CheckAsync());

        // What was released is there again when it is read.
        using Content content = await f.Cache.OpenAsync(ids[3], default);
        byte[] expected = new byte[MiB];
        TestSource.Pattern(0, expected);
        Assert.True(CacheFixture.Same(expected, await CacheFixture.ReadAllAsync(content)));
    }

    [Fact]
    public async Task Changed_pinned_and_open_contents_stay_and_that_is_said()
    {
        await using CacheFixture f = await StartAsync(high: 50, low: 10);
        long[] ids = [.. await LoadAsync(f, 4)];
        Content open = await f.Cache.OpenAsync(ids[0], default);
        await FlagAsync(f, ids[1], InodeFlags.NoRelease);
        await FlagAsync(f, ids[2], InodeFlags.Lost);
        // A file below a directory that is pinned.
        InodeRow below = await f.InodeOfAsync(ids[3]);
        long directory = f.Store.AllocateIds(2);
        await f.CommitAsync(new Batch()
            .Add(new RowWrite.PutInode(new InodeRow { Id = directory, Ino = directory, Version = 1, Mode = FileType.Directory | 0x1ED, NLink = 2, Flags = InodeFlags.NoRelease }))
            .Add(new RowWrite.PutDirectory(new DirectoryRow { Id = directory, Parent = InodeRow.RootId, Name = new FileName("pinned"), Version = 1 }))
            .Add(new RowWrite.PutDentry(new DentryRow { Parent = directory, Name = new FileName("file"), Child = below.Id, Cookie = directory + 1 })));
        using (Content changed = await f.AddNewAsync())
        {
            await changed.WriteAsync(0, CacheFixture.Random(2 * MiB, 1), default);
            await f.RestAsync(changed);
        }

        Assert.Equal(0, await f.Cache.Release.CheckAsync());
        Assert.Equal((0, true), (f.Cache.ReleaseProgress.Files, f.Cache.ReleaseProgress.IsStuck));
        Assert.All(ids, id => Assert.True(File.Exists(f.FileOf(id))));
        open.Dispose();
        Assert.Equal(MiB, await f.Cache.Release.CheckAsync());
        Assert.False(File.Exists(f.FileOf(ids[0])));
    }

    [Fact]
    public async Task Who_finds_no_room_waits_for_a_release_and_goes_on()
    {
        await using CacheFixture f = await StartAsync(high: 100, low: 99);
        long[] ids = [.. await LoadAsync(f, 9)];
        using Content written = await f.AddNewAsync();
        byte[] bytes = CacheFixture.Random(6 * MiB, 2);
        for (int at = 0; at < bytes.Length; at += MiB)
        {
            await written.WriteAsync(at, bytes.AsMemory(at, MiB), default);
            await f.RestAsync(written);
        }

        Assert.True(CacheFixture.Same(bytes, await CacheFixture.ReadAllAsync(written)));
        Assert.InRange(ids.Count(id => File.Exists(f.FileOf(id))), 1, 4);

        // Loading, too: a preload ends with all its bytes in the cache.
        long large = await f.AddPatternAsync(3 * MiB);
        using Content loaded = await f.Cache.OpenAsync(large, default);
        await loaded.EnsureResidentAsync(0, long.MaxValue, null, default);
        Assert.True(loaded.IsComplete);
    }

    [Fact]
    public async Task Who_asks_for_more_than_there_can_be_fails_and_costs_nobody_his_bytes()
    {
        await using CacheFixture f = await StartAsync(high: 100, low: 99);
        long[] ids = [.. await LoadAsync(f, 5)];
        using Content written = await f.AddNewAsync();
        CacheException e = await Assert.ThrowsAsync<CacheException>(() => written.AllocateAsync(default, 0, 20 * MiB, default).AsTask());
        Assert.Equal(Errno.ENOSPC, e.Errno);
        Assert.All(ids, id => Assert.True(File.Exists(f.FileOf(id))));
    }

    [Fact]
    public async Task Without_the_rule_nothing_is_released_and_a_rule_given_later_counts()
    {
        await using CacheFixture f = await StartAsync(high: 50, low: 20, automatic: false);
        long[] ids = [.. await LoadAsync(f, 9)];
        Assert.Equal(0, await f.Cache.Release.CheckAsync());
        using (Content written = await f.AddNewAsync())
            await Assert.ThrowsAsync<CacheException>(() => written.WriteAsync(0, CacheFixture.Random(4 * MiB, 1), default).AsTask());
        Assert.All(ids, id => Assert.True(File.Exists(f.FileOf(id))));
        f.Cache.ReleaseRule = new ReleaseRule { HighWater = 50, LowWater = 20 };
        Assert.True(await f.Cache.Release.CheckAsync() >= 6 * MiB);
    }

    [Fact]
    public async Task A_content_made_independent_of_its_source_meanwhile_is_not_released()
    {
        await using CacheFixture f = await StartAsync(high: 90, low: 80);
        long id = (await LoadAsync(f, 1)).Single();
        using Content content = await f.Cache.OpenAsync(id, default);
        // As an export does whose key others need, by a commit of its own.
        ContentRow row = (await f.Store.GetContentAsync(id))!;
        Batch batch = new();
        batch.Update(row, row with { Flags = row.Flags | ContentFlags.Dirty, SourceLink = 0, SourceKey = null, SourceETag = null, SourceLength = 0 });
        await f.CommitAsync(batch);
        Assert.Equal(ReleaseResult.NotClean, await content.ReleaseAsync(null, default));
        Assert.True(File.Exists(f.FileOf(id)));
    }

    [Fact]
    public async Task What_came_from_a_link_that_is_being_removed_is_not_released()
    {
        await using CacheFixture f = await StartAsync(high: 50, low: 10);
        long[] ids = [.. await LoadAsync(f, 8)];
        f.Source.Lasts = false;
        Assert.Equal(0, await f.Cache.Release.CheckAsync());
        using (Content content = await f.Cache.OpenAsync(ids[0], default))
            Assert.Equal(ReleaseResult.NotClean, await content.ReleaseAsync(null, default));
        Assert.All(ids, id => Assert.True(File.Exists(f.FileOf(id))));
    }

    [Fact]
    public async Task The_last_use_is_noted_on_the_content_file()
    {
        await using CacheFixture f = await StartAsync(high: 90, low: 80);
        long id = (await LoadAsync(f, 1)).Single();
        Age(f, id, 100);
        DateTime changed = File.GetLastWriteTimeUtc(f.FileOf(id));
        using (Content content = await f.Cache.OpenAsync(id, default))
            Assert.True(content.TryRead(0, new byte[10], out _));
        Assert.True(DateTime.UtcNow - File.GetLastAccessTimeUtc(f.FileOf(id)) < TimeSpan.FromMinutes(5));
        Assert.Equal(changed, File.GetLastWriteTimeUtc(f.FileOf(id)));
    }

    private static Task<CacheFixture> StartAsync(int high, int low, bool automatic = true) => CacheFixture.CreateAsync(
        options: options => options with { Capacity = 10 * MiB, Release = new ReleaseRule { IsAutomatic = automatic, HighWater = high, LowWater = low } });

    private static async Task<List<long>> LoadAsync(CacheFixture f, int count)
    {
        List<long> ids = [];
        for (int i = 0; i < count; i++)
        {
            ids.Add(await f.AddPatternAsync(MiB));
            using Content content = await f.Cache.OpenAsync(ids[^1], default);
            await content.EnsureResidentAsync(0, long.MaxValue, null, default);
        }

        return ids;
    }

    private static async Task FlagAsync(CacheFixture f, long content, InodeFlags flag)
    {
        InodeRow inode = await f.InodeOfAsync(content);
        Batch batch = new();
        batch.Update(inode, inode with { Flags = inode.Flags | flag });
        await f.CommitAsync(batch);
    }

    private static void Age(CacheFixture f, long content, int days) => File.SetLastAccessTimeUtc(f.FileOf(content), DateTime.UtcNow.AddDays(-days));

    private static long NowNs() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
