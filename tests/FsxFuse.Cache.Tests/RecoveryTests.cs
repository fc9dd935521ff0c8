using FsxFuse.Metadata;

namespace FsxFuse.Cache.Tests;

public class RecoveryTests
{
    [Fact]
    public async Task After_a_kill_size_and_time_come_from_the_content_file()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] bytes = CacheFixture.Random(123_456, 1);
        Content content = await f.AddNewAsync();
        await content.WriteAsync(0, bytes, default);
        content.SetMtime(2_000_000_000_123_456_789);
        await f.CrashAsync();
        InodeRow inode = await f.InodeOfAsync(content.Id);
        Assert.Equal(123_456, inode.Size);
        Assert.Equal(2_000_000_000_123_456_789, inode.MtimeNs);
        ContentRow row = (await f.Store.GetContentAsync(content.Id))!;
        Assert.Equal(ContentFlags.Cached | ContentFlags.Complete | ContentFlags.Dirty, row.Flags);
        Assert.NotNull(await f.Store.GetExportAsync(ExportKind.Inode, 0, row.Inode, ""));
        using Content again = await f.Cache.OpenAsync(content.Id, default);
        Assert.Equal(bytes, await CacheFixture.ReadAllAsync(again));
    }

    [Fact]
    public async Task A_partial_written_file_keeps_its_writes_after_a_kill_and_reverts_unsynced_ones_after_power_loss()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(1 << 20, 2);
        long id = await f.AddObjectAsync([.. model]);
        Content content = await f.Cache.OpenAsync(id, default);
        byte[] stable = CacheFixture.Random(8192, 3), unsynced = CacheFixture.Random(8192, 4);
        await content.WriteAsync(0, stable, default);
        await content.SyncAsync(dataOnly: false, default);
        await content.WriteAsync(65536, unsynced, default);
        await content.ReadAsync(512 << 10, new byte[4096], null, default);
        stable.CopyTo(model, 0);
        await f.CrashAsync();
        using (Content killed = await f.Cache.OpenAsync(id, default))
        {
            byte[] expected = [.. model];
            unsynced.CopyTo(expected, 65536);
            Assert.Equal(expected, await CacheFixture.ReadAllAsync(killed));
        }

        // Now the machine loses power: the file keeps garbage where nothing was synced.
        content = await f.Cache.OpenAsync(id, default);
        await content.MarkWritingAsync(null, default);
        await f.CrashAsync(reboot: true);
        using (Content rebooted = await f.Cache.OpenAsync(id, default))
            Assert.Equal(1 << 20, rebooted.Length);
    }

    [Fact]
    public async Task What_was_synced_does_not_revert_to_the_object_because_it_was_written_again()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(1 << 20, 2);
        long id = await f.AddObjectAsync([.. model]);
        Content content = await f.Cache.OpenAsync(id, default);
        byte[] synced = CacheFixture.Random(8192, 3), later = CacheFixture.Random(4096, 4);
        await content.WriteAsync(0, synced, default);
        await content.SyncAsync(dataOnly: true, default);
        await content.WriteAsync(4096, later, default);
        await f.CrashAsync(reboot: true);
        synced.CopyTo(model, 0);
        later.CopyTo(model, 4096);
        using Content again = await f.Cache.OpenAsync(id, default);
        Assert.Equal(model, await CacheFixture.ReadAllAsync(again));
    }

    [Fact]
    public async Task A_truncation_that_only_the_content_file_remembers_leaves_no_zeros_where_it_cut_synced_pages()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(1 << 20, 2);
        long id = await f.AddObjectAsync([.. model]);
        Content content = await f.Cache.OpenAsync(id, default);
        byte[] synced = CacheFixture.Random(8192, 3);
        await content.WriteAsync(0, synced, default);
        await content.WriteAsync(512 << 10, synced, default);
        await content.SyncAsync(dataOnly: true, default);
        await content.WriteAsync(100 << 10, synced, default);
        using (var file = new FileStream(f.FileOf(id), FileMode.Open, FileAccess.Write))
            file.SetLength(64 << 10);
        await f.CrashAsync(reboot: true);
        synced.CopyTo(model, 0);
        using Content again = await f.Cache.OpenAsync(id, default);
        Assert.Equal(64 << 10, again.Length);
        Assert.Equal(64 << 10, (await f.InodeOfAsync(id)).Size);
        Assert.Equal(model[..(64 << 10)], await CacheFixture.ReadAllAsync(again));
    }

    [Fact]
    public async Task Power_loss_drops_clean_pages_that_may_be_lost_and_never_shows_zeros()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(1 << 20, 5);
        long clean = await f.AddObjectAsync([.. model]), dirty = await f.AddObjectAsync([.. model]), synced = await f.AddObjectAsync([.. model]);
        Content a = await f.Cache.OpenAsync(clean, default);
        await a.EnsureResidentAsync(0, long.MaxValue, null, default);
        Content b = await f.Cache.OpenAsync(dirty, default);
        byte[] first = CacheFixture.Random(4096, 6);
        await b.WriteAsync(0, first, default);
        await b.SyncAsync(dataOnly: true, default);
        await b.WriteAsync(8192, CacheFixture.Random(4096, 7), default);
        await b.ReadAsync(256 << 10, new byte[4096], null, default);
        Content c = await f.Cache.OpenAsync(synced, default);
        await c.EnsureResidentAsync(0, long.MaxValue, null, default);
        await f.Cache.Upkeep.FlushLoadedAsync(default);
        Assert.Null(c.Row.UnsyncedBoot);
        Assert.NotNull(b.Row.UnsyncedBoot);
        Content d = await f.Cache.OpenAsync(clean, default);
        Assert.Null(d.Row.UnsyncedBoot);
        // Something loaded after the flush.
        long late = await f.AddObjectAsync([.. model]);
        Content e = await f.Cache.OpenAsync(late, default);
        await e.EnsureResidentAsync(0, long.MaxValue, null, default);

        // What the disk lost reads as zeros.
        using (var file = new FileStream(f.FileOf(late), FileMode.Open, FileAccess.Write))
            file.Write(new byte[1 << 20]);
        using (var file = new FileStream(f.FileOf(dirty), FileMode.Open, FileAccess.Write))
        {
            file.Position = 8192;
            file.Write(new byte[4096]);
            file.Position = 256 << 10;
            file.Write(new byte[128 << 10]);
        }

        await f.CrashAsync(reboot: true);
        f.Source.Reset();
        using (Content lateAgain = await f.Cache.OpenAsync(late, default))
            Assert.Equal(model, await CacheFixture.ReadAllAsync(lateAgain));
        Assert.Equal(1 << 20, f.Source.Bytes);
        f.Source.Reset();
        using (Content syncedAgain = await f.Cache.OpenAsync(synced, default))
            Assert.Equal(model, await CacheFixture.ReadAllAsync(syncedAgain));
        Assert.Empty(f.Source.Requests);
        using Content dirtyAgain = await f.Cache.OpenAsync(dirty, default);
        first.CopyTo(model, 0);
        Assert.Equal(model, await CacheFixture.ReadAllAsync(dirtyAgain));
    }

    [Fact]
    public async Task A_clean_stop_makes_a_reboot_harmless()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(100_000, 8);
        long id = await f.AddObjectAsync([.. model]);
        using (Content content = await f.Cache.OpenAsync(id, default))
            await content.EnsureResidentAsync(0, long.MaxValue, null, default);
        await f.RestartAsync(reboot: true);
        await f.RestartAsync(reboot: true);
        f.Source.Reset();
        using Content again = await f.Cache.OpenAsync(id, default);
        Assert.Equal(model, await CacheFixture.ReadAllAsync(again));
        Assert.Empty(f.Source.Requests);
    }

    [Fact]
    public async Task Missing_files_empty_released_or_lost_but_never_invented()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        Content fresh = await f.AddNewAsync();
        byte[] model = CacheFixture.Random(50_000, 9);
        long sourced = await f.AddObjectAsync([.. model]);
        Content a = await f.Cache.OpenAsync(sourced, default);
        await a.EnsureResidentAsync(0, long.MaxValue, null, default);
        Content lost = await f.AddNewAsync();
        await lost.WriteAsync(0, model, default);
        await f.RestAsync(lost);
        File.Delete(f.FileOf(sourced));
        File.Delete(f.FileOf(lost.Id));
        await f.CrashAsync();

        using (Content empty = await f.Cache.OpenAsync(fresh.Id, default))
        {
            Assert.Equal(0, empty.Length);
            Assert.Equal(0, (await f.InodeOfAsync(fresh.Id)).Size);
            Assert.Equal(0, await empty.ReadAsync(0, new byte[10], null, default));
            await empty.WriteAsync(0, model, default);
            Assert.Equal(model, await CacheFixture.ReadAllAsync(empty));
        }

        using (Content released = await f.Cache.OpenAsync(sourced, default))
            Assert.Equal(model, await CacheFixture.ReadAllAsync(released));
        CacheException e = await Assert.ThrowsAsync<CacheException>(() => f.Cache.OpenAsync(lost.Id, default).AsTask());
        Assert.Equal(Errno.EIO, e.Errno);
        Assert.True(((await f.InodeOfAsync(lost.Id)).Flags & InodeFlags.Lost) != 0);
        Assert.Equal("ContentLost", Assert.Single(await f.Store.GetEventsAsync(10)).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_was_never_synced_may_be_empty_after_power_loss_but_not_because_its_disk_is_missing(bool diskMissing)
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        Content content = await f.AddNewAsync();
        await content.WriteAsync(0, new byte[10_000], default);
        await f.RestAsync(content);
        File.Delete(f.FileOf(content.Id));
        if (diskMissing)
            Directory.Delete(Path.Combine(f.TierDirectory, "contents"), recursive: true);
        await f.CrashAsync(reboot: true);
        if (diskMissing)
        {
            Assert.Equal(Errno.EIO, (await Assert.ThrowsAsync<CacheException>(() => f.Cache.OpenAsync(content.Id, default).AsTask())).Errno);
            return;
        }

        Assert.Equal(0, (await f.InodeOfAsync(content.Id)).Size);
        Assert.Equal("ContentNotSynced", Assert.Single(await f.Store.GetEventsAsync(10)).Code);
        using Content empty = await f.Cache.OpenAsync(content.Id, default);
        Assert.Equal(0, empty.Length);
        byte[] bytes = CacheFixture.Random(5000, 1);
        await empty.WriteAsync(0, bytes, default);
        Assert.Equal(bytes, await CacheFixture.ReadAllAsync(empty));
        await f.RestAsync(empty);
    }

    [Fact]
    public async Task The_scan_removes_what_belongs_to_nothing_and_counts_the_rest()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(200_000, 10);
        long kept = await f.AddObjectAsync(model), uncached = await f.AddObjectAsync(model);
        using (Content content = await f.Cache.OpenAsync(kept, default))
            await content.EnsureResidentAsync(0, long.MaxValue, null, default);
        long used = f.Cache.GetUsage().Used;
        string orphan = f.FileOf(0x7fff_0001), leftover = f.FileOf(uncached);
        Directory.CreateDirectory(Path.GetDirectoryName(orphan)!);
        File.WriteAllText(orphan, "x");
        File.WriteAllText(leftover, "x");
        await f.CrashAsync();
        Assert.False(File.Exists(orphan));
        Assert.False(File.Exists(leftover));
        Assert.True(File.Exists(f.FileOf(kept)));
        Assert.Equal(used, f.Cache.GetUsage().Used);
    }
}
