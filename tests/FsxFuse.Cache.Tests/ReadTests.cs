using FsxFuse.Metadata;

namespace FsxFuse.Cache.Tests;

public class ReadTests
{
    [Fact]
    public async Task Ten_readers_of_one_missing_block_cause_one_request()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] bytes = CacheFixture.Random(100_000, 1);
        long id = await f.AddObjectAsync(bytes);
        var go = new TaskCompletionSource();
        f.Source.Before = (_, _, _) => go.Task;
        using Content content = await f.Cache.OpenAsync(id, default);
        byte[][] buffers = [.. Enumerable.Range(0, 10).Select(_ => new byte[4096])];
        Task<int>[] reads = [.. buffers.Select(b => content.ReadAsync(8192, b, null, default).AsTask())];
        await Task.Delay(50);
        Assert.All(reads, r => Assert.False(r.IsCompleted));
        go.SetResult();
        Assert.All(await Task.WhenAll(reads), n => Assert.Equal(4096, n));
        Assert.All(buffers, b => Assert.Equal(bytes.AsSpan(8192, 4096).ToArray(), b));
        Assert.Single(f.Source.Requests);
    }

    [Fact]
    public async Task Twenty_random_reads_of_a_large_object_are_twenty_small_requests()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        long id = await f.AddPatternAsync(5L << 30);
        using Content content = await f.Cache.OpenAsync(id, default);
        var cursor = new ReadCursor();
        var random = new Random(7);
        byte[] buffer = new byte[4096], expected = new byte[4096];
        for (int i = 0; i < 20; i++)
        {
            // Spread over the object, in random order within it: no two in one block.
            long offset = ((i * 7 % 20) * (250L << 20)) + random.NextInt64(0, 200L << 20);
            Assert.Equal(4096, await content.ReadAsync(offset, buffer, cursor, default));
            TestSource.Pattern(offset, expected);
            Assert.Equal(expected, buffer);
        }

        Assert.Equal(20, f.Source.Requests.Count);
        Assert.True(f.Source.Bytes <= 8 << 20, $"{f.Source.Bytes} bytes");
        Assert.Equal(20, f.Cache.Counters.SourceRequests);
        Assert.True(content.ResidentBytes <= 8 << 20);
    }

    [Fact]
    public async Task Reading_from_start_to_end_fetches_each_byte_once_in_growing_requests()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        const int Length = (96 << 20) + 12345;
        long id = await f.AddPatternAsync(Length);
        using Content content = await f.Cache.OpenAsync(id, default);
        byte[] bytes = await CacheFixture.ReadAllAsync(content, cursor: new ReadCursor());
        byte[] expected = new byte[Length];
        TestSource.Pattern(0, expected);
        Assert.True(expected.AsSpan().SequenceEqual(bytes));
        Assert.Equal(Length, f.Source.Bytes);
        long position = 0;
        foreach ((long offset, int length) in f.Source.Requests.OrderBy(r => r.Offset))
        {
            Assert.Equal(position, offset);
            position += length;
        }

        Assert.True(f.Source.Requests.Count <= 60, $"{f.Source.Requests.Count} requests");
        Assert.True(f.Source.Requests.Max(r => r.Length) >= 4 << 20);
        await CacheFixture.EventuallyAsync(() => content.IsComplete);
        Assert.Empty(await f.Store.GetBlockMapsAsync(id));
        Assert.Equal(ContentFlags.Cached | ContentFlags.Complete, (await f.Store.GetContentAsync(id))!.Flags);
    }

    [Fact]
    public async Task Small_sequential_reads_from_the_middle_become_sequential()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        long id = await f.AddPatternAsync(64 << 20);
        using Content content = await f.Cache.OpenAsync(id, default);
        var cursor = new ReadCursor();
        byte[] buffer = new byte[4096];
        for (long offset = 20 << 20; offset < 40 << 20; offset += 4096)
        {
            if (!content.TryRead(offset, buffer, out _))
                await content.ReadAsync(offset, buffer, cursor, default);
        }

        Assert.True(f.Source.Requests.Count <= 40, $"{f.Source.Requests.Count} requests");
    }

    [Fact]
    public async Task The_budget_holds_with_many_readers_and_is_returned()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync(memory: 2 << 20);
        long id = await f.AddPatternAsync(24 << 20);
        long most = 0;
        f.Source.Before = async (_, _, _) =>
        {
            most = Math.Max(most, f.Memory.Used);
            await Task.Delay(1);
        };
        using Content content = await f.Cache.OpenAsync(id, default);
        byte[][] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => CacheFixture.ReadAllAsync(content, (i + 1) * 50_000, new ReadCursor()))));
        byte[] expected = new byte[24 << 20];
        TestSource.Pattern(0, expected);
        Assert.All(all, b => Assert.True(expected.AsSpan().SequenceEqual(b)));
        Assert.InRange(most, 1, 2 << 20);
        await CacheFixture.EventuallyAsync(() => f.Memory.Used == 0);
        Assert.Equal(24 << 20, f.Source.Bytes);
    }

    [Fact]
    public async Task A_failure_fails_only_those_who_wait_and_a_retry_works()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] bytes = CacheFixture.Random(1 << 20, 3);
        long id = await f.AddObjectAsync(bytes);
        using Content content = await f.Cache.OpenAsync(id, default);
        f.Source.Before = (_, offset, _) => offset < 128 << 10 ? throw new ContentSourceException(Errno.ETIMEDOUT, "slow") : Task.CompletedTask;
        byte[] buffer = new byte[4096];
        CacheException e = await Assert.ThrowsAsync<CacheException>(() => content.ReadAsync(0, buffer, null, default).AsTask());
        Assert.Equal(Errno.ETIMEDOUT, e.Errno);
        Assert.Equal(4096, await content.ReadAsync(512 << 10, buffer, null, default));
        f.Source.Before = null;
        Assert.Equal(4096, await content.ReadAsync(0, buffer, null, default));
        Assert.Equal(bytes[..4096], buffer);
        Assert.Equal(1, f.Cache.Counters.SourceFailures);
    }

    [Fact]
    public async Task One_waiter_giving_up_does_not_stop_the_fetch()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] bytes = CacheFixture.Random(10_000, 4);
        long id = await f.AddObjectAsync(bytes);
        var go = new TaskCompletionSource();
        f.Source.Before = (_, _, _) => go.Task;
        using Content content = await f.Cache.OpenAsync(id, default);
        using var cancel = new CancellationTokenSource();
        byte[] mine = new byte[10_000], other = new byte[10_000];
        Task<int> first = content.ReadAsync(0, mine, null, cancel.Token).AsTask(), second = content.ReadAsync(0, other, null, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();
        Assert.Equal(10_000, await second);
        Assert.Equal(bytes, other);
        Assert.Single(f.Source.Requests);
    }

    [Fact]
    public async Task A_changed_source_is_read_under_its_new_key()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] bytes = CacheFixture.Random(10_000, 5);
        long id = await f.AddObjectAsync(bytes);
        using Content content = await f.Cache.OpenAsync(id, default);
        string old = content.Row.SourceKey!;
        f.Source.Put("moved", bytes);
        f.Source.Before = async (origin, _, _) =>
        {
            if (origin.Key != old)
                return;
            ContentRow row = content.Row;
            var batch = new Batch();
            batch.Update(row, row with { SourceKey = "moved", SourceETag = TestSource.TagOf("moved") });
            await f.CommitAsync(batch);
            throw new ContentSourceException(Errno.ESTALE, "gone");
        };
        Assert.Equal(bytes, await CacheFixture.ReadAllAsync(content));
    }

    [Fact]
    public async Task Reads_at_and_beyond_the_end()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        byte[] bytes = CacheFixture.Random(5000, 6);
        long id = await f.AddObjectAsync(bytes);
        using Content content = await f.Cache.OpenAsync(id, default);
        byte[] buffer = new byte[4096];
        Assert.Equal(0, await content.ReadAsync(5000, buffer, null, default));
        Assert.Equal(904, await content.ReadAsync(4096, buffer, null, default));
        Assert.Equal(bytes[4096..], buffer[..904]);
        int read = 0;
        await CacheFixture.EventuallyAsync(() => content.TryRead(4999, buffer, out read));
        Assert.Equal(1, read);
        Assert.True(content.TryRead(1 << 20, buffer, out read));
        Assert.Equal(0, read);
    }

    [Fact]
    public async Task TryRead_of_resident_data_does_not_allocate()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        long complete = await f.AddPatternAsync(1 << 20), partial = await f.AddPatternAsync(64 << 20);
        using Content a = await f.Cache.OpenAsync(complete, default), b = await f.Cache.OpenAsync(partial, default);
        await a.EnsureResidentAsync(0, long.MaxValue, null, default);
        await b.EnsureResidentAsync(1 << 20, 1 << 20, null, default);
        Assert.True(a.IsComplete);
        Assert.False(b.IsComplete);
        byte[] buffer = new byte[65536];
        var cursor = new ReadCursor();
        // What a read allocates, every round shows; what the runtime allocates while it compiles hot methods anew, not.
        long[] rounds = new long[6];
        for (int round = 0; round < rounds.Length; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                if (!a.TryRead(i * 512, buffer, out _) || !b.TryRead((1 << 20) + i * 512, buffer, out _)
                    || await a.ReadAsync(i * 512, buffer, cursor, default) != buffer.Length)
                    Assert.Fail("not resident");
            }

            rounds[round] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Contains(0, rounds);
    }

    [Fact]
    public async Task Opening_twice_is_one_object()
    {
        await using CacheFixture f = await CacheFixture.CreateAsync();
        long id = await f.AddPatternAsync(100);
        Content a = await f.Cache.OpenAsync(id, default), b = await f.Cache.OpenAsync(id, default);
        Assert.Same(a, b);
        a.Dispose();
        Assert.True(f.Cache.IsOpen(id));
        b.Dispose();
        Assert.False(f.Cache.IsOpen(id));
        CacheException e = await Assert.ThrowsAsync<CacheException>(() => f.Cache.OpenAsync(999_999, default).AsTask());
        Assert.Equal(Errno.ENOENT, e.Errno);
    }
}
