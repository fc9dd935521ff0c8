using System.Diagnostics;

namespace FsxFuse.Cache.Tests;

public class DiskFullTests
{
    [Fact]
    public async Task A_full_device_serves_reads_from_memory_and_fails_writes_with_nothing_lost()
    {
        string mount = Path.Combine(Path.GetTempPath(), "fsx-full-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(mount);
        if (!Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount))
        {
            // Only root can mount; the configured capacity below is tested by everybody.
            Directory.Delete(mount);
            return;
        }

        try
        {
            await CheckAsync(Path.Combine(mount, "tier"), options => options);
        }
        finally
        {
            Assert.True(Run("umount", mount));
            Directory.Delete(mount);
        }
    }

    [Fact]
    public Task A_reached_capacity_acts_as_a_full_device() => CheckAsync(null, options => options with { Capacity = 4 << 20 });

    private static async Task CheckAsync(string? tier, Func<TierOptions, TierOptions> options)
    {
        await using CacheFixture f = await CacheFixture.CreateAsync(tier: tier, options: options);
        byte[] kept = CacheFixture.Random(1 << 20, 1);
        using Content written = await f.AddNewAsync();
        await written.WriteAsync(0, kept, default);
        await f.RestAsync(written);

        // Reading more than fits works; what did not fit is fetched again.
        long id = await f.AddPatternAsync(12 << 20);
        using Content large = await f.Cache.OpenAsync(id, default);
        byte[] expected = new byte[12 << 20];
        TestSource.Pattern(0, expected);
        Assert.True(CacheFixture.Same(expected, await CacheFixture.ReadAllAsync(large, cursor: new ReadCursor())));
        Assert.True(CacheFixture.Same(expected, await CacheFixture.ReadAllAsync(large)));
        await CacheFixture.EventuallyAsync(() => f.Cache.Counters.UncachedLoads > 0);
        Assert.False(large.IsComplete);
        CacheException e = await Assert.ThrowsAsync<CacheException>(() => large.EnsureResidentAsync(0, long.MaxValue, null, default).AsTask());
        Assert.Equal(Errno.ENOSPC, e.Errno);

        // A writer gets ENOSPC; what was there stays.
        e = await Assert.ThrowsAsync<CacheException>(async () =>
        {
            for (int i = 0; i < 8; i++)
                await written.WriteAsync((1 << 20) + (i << 20), CacheFixture.Random(1 << 20, i), default);
        });
        Assert.Equal(Errno.ENOSPC, e.Errno);
        byte[] head = new byte[1 << 20];
        Assert.Equal(1 << 20, await written.ReadAsync(0, head, null, default));
        Assert.Equal(kept, head);

        // Space that comes back is used again.
        Assert.Equal(ReleaseResult.Released, await large.ReleaseAsync(null, default));
        await written.TruncateAsync(1 << 20, null, default);
        await written.WriteAsync(1 << 20, kept, default);
        await f.RestAsync(written);
        Assert.Equal(2 << 20, (await f.InodeOfAsync(written.Id)).Size);
        Assert.Equal(kept, (await CacheFixture.ReadAllAsync(written))[(1 << 20)..]);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
