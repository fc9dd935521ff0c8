using FsxFuse.Metadata;

namespace FsxFuse.Cache.Tests;

public class WriteTests
{
    [Fact]
    public async Task A_new_file_is_written_rests_exports_and_releases()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        using Content content = await f.AddNewAsync();
        Assert.False(File.Exists(f.FileOf(content.Id)));
        byte[] bytes = CacheFixture.Random(300_000, 1);
        await content.WriteAsync(0, bytes, default);
        Assert.Equal(300_000, content.Length);
        Assert.Equal(ReleaseResult.InUse, await content.ReleaseAsync(null, default));
        await f.RestAsync(content);
        Assert.Equal(300_000, (await f.InodeOfAsync(content.Id)).Size);
        Assert.NotNull(await f.Store.GetExportAsync(ExportKind.Inode, 0, content.Row.Inode, ""));
        Assert.Equal(ReleaseResult.NotClean, await content.ReleaseAsync(null, default));
        Assert.True(await f.ExportAsync(content));
        Assert.Equal(ReleaseResult.Released, await content.ReleaseAsync(null, default));
        Assert.Equal(ReleaseResult.AlreadyReleased, await content.ReleaseAsync(null, default));
        Assert.False(File.Exists(f.FileOf(content.Id)));
        Assert.Equal(0, content.ResidentBytes);
        Assert.Equal(300_000, content.Length);
        Assert.Equal(bytes, await CacheFixture.ReadAllAsync(content));
        Assert.True(f.Source.Requests.Count > 0);
    }

    [Fact]
    public async Task The_first_write_marks_once_and_the_mark_is_committed_before()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        long id = await f.AddPatternAsync(1 << 20);
        using Content content = await f.Cache.OpenAsync(id, default);
        await content.MarkWritingAsync(null, default, mtimeNs: 1234567890123456789);
        ContentRow row = (await f.Store.GetContentAsync(id))!;
        Assert.Equal(ContentFlags.Cached | ContentFlags.Dirty | ContentFlags.Writing, row.Flags);
        Assert.Equal(1, row.DirtyVersion);
        Assert.Equal("boot-0", row.UnsyncedBoot);
        Assert.Equal(1234567890123456789, content.Stat().MtimeNs);
        Assert.True(content.MarkWritingAsync(null, default).AsTask().IsCompletedSuccessfully);
        // Loading does not change the time of a file that is being written.
        await content.EnsureResidentAsync(0, 1 << 20, null, default);
        Assert.Equal(1234567890123456789, content.Stat().MtimeNs);
        Assert.True(content.IsComplete);
    }

    [Fact]
    public async Task Aligned_writes_fetch_nothing_and_edges_fetch_one_page_each()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(1 << 20, 2);
        long id = await f.AddObjectAsync([.. model]);
        using Content content = await f.Cache.OpenAsync(id, default);
        byte[] data = CacheFixture.Random(64 << 10, 3);
        await content.WriteAsync(128 << 10, data, default);
        data.CopyTo(model, 128 << 10);
        Assert.Empty(f.Source.Requests);
        await content.WriteAsync((512 << 10) + 100, data, default);
        data.CopyTo(model, (512 << 10) + 100);
        Assert.Equal(2, f.Source.Requests.Count);
        Assert.All(f.Source.Requests, r => Assert.Equal(4096, r.Length));
        // The source's last page, overwritten to its end, is not fetched either.
        f.Source.Reset();
        await content.WriteAsync((1 << 20) - 4096, data.AsMemory(0, 5000), default);
        Assert.Empty(f.Source.Requests);
        byte[] grown = new byte[(1 << 20) + 904];
        model.CopyTo(grown, 0);
        data.AsSpan(0, 5000).CopyTo(grown.AsSpan((1 << 20) - 4096));
        Assert.Equal(grown, await CacheFixture.ReadAllAsync(content));
    }

    [Fact]
    public async Task A_load_never_overwrites_what_was_written_meanwhile()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(64 << 10, 4);
        long id = await f.AddObjectAsync([.. model]);
        using Content content = await f.Cache.OpenAsync(id, default);
        var go = new TaskCompletionSource();
        f.Source.Before = (_, _, _) => go.Task;
        Task load = content.EnsureResidentAsync(0, 64 << 10, null, default).AsTask();
        byte[] data = CacheFixture.Random(8192, 5);
        await content.WriteAsync(16384, data, default);
        data.CopyTo(model, 16384);
        go.SetResult();
        await load;
        Assert.Equal(model, await CacheFixture.ReadAllAsync(content));
        Assert.True(content.IsComplete);
    }

    [Fact]
    public async Task Shrink_then_extend_reads_zeros_also_with_a_load_under_way()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(64 << 10, 6);
        long id = await f.AddObjectAsync([.. model]);
        using Content content = await f.Cache.OpenAsync(id, default);
        var go = new TaskCompletionSource();
        f.Source.Before = (_, _, _) => go.Task;
        Task<int> read = content.ReadAsync(0, new byte[4096], null, default).AsTask();
        await content.TruncateAsync(5000, null, default);
        Assert.Equal(5000, (await f.Store.GetContentAsync(id))!.SourceLength);
        await content.TruncateAsync(64 << 10, null, default);
        go.SetResult();
        await read;
        model.AsSpan(5000).Clear();
        Assert.Equal(model, await CacheFixture.ReadAllAsync(content));
    }

    [Fact]
    public async Task A_truncation_of_a_resting_file_leaves_it_resting()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(10_000, 7);
        long id = await f.AddObjectAsync([.. model]);
        using Content content = await f.Cache.OpenAsync(id, default);
        InodeRow inode = await f.InodeOfAsync(id);
        await content.TruncateAsync(6000, batch => batch.Update(inode, inode with { Size = 6000 }), default);
        ContentRow row = (await f.Store.GetContentAsync(id))!;
        Assert.Equal(ContentFlags.Cached | ContentFlags.Dirty, row.Flags);
        Assert.Equal(6000, row.SourceLength);
        Assert.Equal(6000, (await f.InodeOfAsync(id)).Size);
        Assert.Equal(model[..6000], await CacheFixture.ReadAllAsync(content));
        Assert.NotNull(await f.Store.GetExportAsync(ExportKind.Inode, 0, row.Inode, ""));
    }

    [Fact]
    public async Task A_failed_join_commits_nothing_and_can_be_repeated()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        long id = await f.AddPatternAsync(10_000);
        using Content content = await f.Cache.OpenAsync(id, default);
        InodeRow stale = await f.InodeOfAsync(id) with { Version = 77 };
        await Assert.ThrowsAsync<GuardFailedException>(() => content.MarkWritingAsync(batch => batch.Update(stale, stale), default).AsTask());
        Assert.Equal(ContentFlags.None, (await f.Store.GetContentAsync(id))!.Flags);
        await content.WriteAsync(0, new byte[10], default);
        await Assert.ThrowsAsync<GuardFailedException>(() => content.TruncateAsync(100, batch => batch.Update(stale, stale), default).AsTask());
        await content.TruncateAsync(100, null, default);
        await f.RestAsync(content);
        Assert.Equal(100, (await f.InodeOfAsync(id)).Size);
    }

    [Fact]
    public async Task Punched_holes_and_zeroed_ranges_of_a_partial_file_are_zeros_not_source()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] model = CacheFixture.Random(256 << 10, 8);
        long id = await f.AddObjectAsync([.. model]);
        using Content content = await f.Cache.OpenAsync(id, default);
        await content.AllocateAsync(FallocateMode.PunchHole | FallocateMode.KeepSize, 10_000, 50_000, default);
        model.AsSpan(10_000, 50_000).Clear();
        await content.AllocateAsync(FallocateMode.ZeroRange | FallocateMode.KeepSize, 100_001, 99, default);
        model.AsSpan(100_001, 99).Clear();
        Assert.Equal(3, f.Source.Requests.Count);
        Assert.Equal(model, await CacheFixture.ReadAllAsync(content));
        await content.AllocateAsync(FallocateMode.Allocate, 0, 300_000, default);
        Assert.Equal(300_000, content.Length);
        CacheException e = await Assert.ThrowsAsync<CacheException>(() => content.AllocateAsync((FallocateMode)8, 0, 4096, default).AsTask());
        Assert.Equal(Errno.EOPNOTSUPP, e.Errno);
    }

    [Fact]
    public async Task Holes_are_found_only_where_nothing_is_missing()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        long id = await f.AddPatternAsync(1 << 20);
        using Content content = await f.Cache.OpenAsync(id, default);
        Assert.Equal(0, await content.SeekAsync(0, data: true, default));
        Assert.Equal(1 << 20, await content.SeekAsync(0, data: false, default));
        Assert.Equal(-1, await content.SeekAsync(1 << 20, data: true, default));
        await content.TruncateAsync(4 << 20, null, default);
        await content.WriteAsync(3 << 20, new byte[4096], default);
        Assert.Equal(1 << 20, await content.SeekAsync(5000, data: false, default));
        Assert.Equal(3 << 20, await content.SeekAsync(2 << 20, data: true, default));
        await content.AllocateAsync(FallocateMode.PunchHole | FallocateMode.KeepSize, 65536, 65536, default);
        Assert.Equal(65536, await content.SeekAsync(0, data: false, default));
        Assert.Equal(131072, await content.SeekAsync(65536, data: true, default));
        Assert.True(content.Stat().Blocks > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ranges_are_copied_resident_or_not(bool resident)
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] bytes = CacheFixture.Random(700_000, 9);
        long id = await f.AddObjectAsync(bytes);
        using Content source = await f.Cache.OpenAsync(id, default);
        if (resident)
            await source.EnsureResidentAsync(0, long.MaxValue, null, default);
        using Content target = await f.AddNewAsync();
        Assert.Equal(699_000, await target.CopyRangeAsync(source, 1000, 500, 1 << 20, default));
        byte[] copy = await CacheFixture.ReadAllAsync(target);
        Assert.Equal(bytes[1000..], copy[500..]);
        Assert.All(copy[..500], b => Assert.Equal(0, b));
        Assert.Equal(0, await target.CopyRangeAsync(source, 700_000, 0, 10, default));
        CacheException e = await Assert.ThrowsAsync<CacheException>(() => target.CopyRangeAsync(target, 0, 100, 1000, default).AsTask());
        Assert.Equal(Errno.EINVAL, e.Errno);
    }

    [Fact]
    public async Task A_file_written_since_the_snapshot_is_not_marked_clean()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        using Content content = await f.AddNewAsync();
        await content.WriteAsync(0, new byte[100], default);
        await f.RestAsync(content);
        using (ContentSnapshot seen = content.OpenSnapshot())
        {
            Assert.True(seen.IsUnchanged());
            await content.WriteAsync(50, new byte[] { 1 }, default);
            Assert.False(seen.IsUnchanged());
            await f.RestAsync(content);
            Assert.False(seen.IsUnchanged());
            Assert.False(await content.MarkCleanAsync(seen, new SourceVersion(1, "k", "e", null), null, default));
        }

        Assert.True(await f.ExportAsync(content));
        Assert.Equal(ContentFlags.Cached | ContentFlags.Complete, content.Row.Flags);
        Assert.Equal(100, content.Row.SourceLength);
    }

    [Fact]
    public async Task A_file_that_was_created_and_never_written_can_be_exported()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        using Content content = await f.AddNewAsync();
        await f.RestAsync(content);
        Assert.True(await f.ExportAsync(content));
        Assert.Equal(ContentFlags.Cached | ContentFlags.Complete, content.Row.Flags);
        Assert.Equal(0, content.Row.SourceLength);
    }

    [Fact]
    public async Task A_sync_makes_dirty_pages_stable_and_clears_the_boot_mark()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        long id = await f.AddPatternAsync(1 << 20);
        using Content content = await f.Cache.OpenAsync(id, default);
        await content.WriteAsync(4096, new byte[4096], default);
        Assert.Equal(0x08, Assert.Single(await f.Store.GetBlockMapsAsync(id)).Map[0]);
        await content.SyncAsync(dataOnly: true, default);
        Assert.Equal(0x0C, Assert.Single(await f.Store.GetBlockMapsAsync(id)).Map[0]);
        Assert.Null((await f.Store.GetContentAsync(id))!.UnsyncedBoot);
        await content.WriteAsync(4096, new byte[10], default);
        Assert.Equal("boot-0", (await f.Store.GetContentAsync(id))!.UnsyncedBoot);
        // Written over in place: after a power loss the page has the synced bytes or the new ones, and must not be taken from the object.
        Assert.Equal(0x0C, Assert.Single(await f.Store.GetBlockMapsAsync(id)).Map[0]);
    }

    [Fact]
    public async Task The_mark_is_on_the_disk_before_stable_bytes_change()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        Content content = await f.AddNewAsync();
        await content.WriteAsync(0, new byte[100_000], default);
        await f.RestAsync(content);
        await content.SyncAsync(dataOnly: false, default);
        Assert.Null(content.Row.UnsyncedBoot);
        long flushes = f.Store.GetStatistics().Flushes;
        await content.TruncateAsync(50_000, null, default);
        Assert.True(f.Store.GetStatistics().Flushes > flushes);
        await content.SyncAsync(dataOnly: false, default);
        flushes = f.Store.GetStatistics().Flushes;
        await content.MarkWritingAsync(null, default);
        Assert.True(f.Store.GetStatistics().Flushes > flushes);
        await f.RestAsync(content);
        content.Dispose();
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_no_mark_that_is_not_on_the_disk()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        Content content = await f.AddNewAsync();
        await content.WriteAsync(0, new byte[100_000], default);
        await f.RestAsync(content);
        await content.SyncAsync(dataOnly: false, default);
        long flushes = f.Store.GetStatistics().Flushes;
        using var caller = new CancellationTokenSource();
        using (f.Store.Subscribe(_ => caller.Cancel()))
            await content.MarkWritingAsync(null, caller.Token);
        Assert.True(caller.IsCancellationRequested);
        Assert.True(f.Store.GetStatistics().Flushes > flushes);
        await f.RestAsync(content);
        content.Dispose();
    }

    [Fact]
    public async Task An_exported_file_is_released_only_when_the_export_is_remembered_for_good()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        Content content = await f.AddNewAsync();
        await content.WriteAsync(0, new byte[100_000], default);
        await f.RestAsync(content);
        Assert.True(await f.ExportAsync(content));
        long flushes = f.Store.GetStatistics().Flushes;
        Assert.Equal(ReleaseResult.Released, await content.ReleaseAsync(null, default));
        Assert.True(f.Store.GetStatistics().Flushes > flushes);
        content.Dispose();
    }

    [Fact]
    public async Task Discarded_files_go_after_the_commit_is_stable()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        Content content = await f.AddNewAsync();
        await content.WriteAsync(0, new byte[1 << 20], default);
        await f.RestAsync(content);
        long used = f.Cache.GetUsage().Used;
        Assert.True(used >= 1 << 20);
        await f.CommitAsync(new Batch().Add(new RowWrite.DeleteInode(content.Row.Inode)));
        f.Cache.Discard(content.Id);
        await CacheFixture.EventuallyAsync(() => !File.Exists(f.FileOf(content.Id)));
        Assert.Equal(1, await content.ReadAsync(5, new byte[1], null, default));
        content.Dispose();
        await CacheFixture.EventuallyAsync(() => f.Cache.GetUsage().Used < used);
    }
}
