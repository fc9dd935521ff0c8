using FsxFuse.Daemon;

namespace FsxFuse.Cli.Tests;

public sealed class IdleMemoryTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private long _activity;
    private int _looks;
    private int _releases;

    [Fact]
    public async Task Memory_is_given_back_once_after_work_has_ended()
    {
        await using IdleMemory idle = new(Look, TimeProvider.System, () => _releases++, Interval);
        await LooksAsync(5);
        Assert.Equal(0, Volatile.Read(ref _releases));

        Volatile.Write(ref _activity, 7);
        await LooksAsync(5);
        Assert.Equal(1, Volatile.Read(ref _releases));
        await LooksAsync(5);
        Assert.Equal(1, Volatile.Read(ref _releases));

        Volatile.Write(ref _activity, 8);
        await LooksAsync(5);
        Assert.Equal(2, Volatile.Read(ref _releases));
    }

    [Fact]
    public async Task Memory_is_kept_while_there_is_work()
    {
        await using IdleMemory idle = new(() => Look() + _looks, TimeProvider.System, () => _releases++, Interval);
        await LooksAsync(20);
        Assert.Equal(0, Volatile.Read(ref _releases));
    }

    [Fact]
    public async Task The_heap_shrinks()
    {
        byte[][]? much = [.. Enumerable.Range(0, 1000).Select(static _ => new byte[50_000])];
        GC.KeepAlive(much);
        much = null;
        long before = GC.GetTotalMemory(forceFullCollection: false);
        await using IdleMemory idle = new(Look, TimeProvider.System, interval: Interval);
        await LooksAsync(1);
        Volatile.Write(ref _activity, 1);
        await LooksAsync(5);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: false), 0, before - 25_000_000);
    }

    private long Look()
    {
        Interlocked.Increment(ref _looks);
        return Volatile.Read(ref _activity);
    }

    private async Task LooksAsync(int count)
    {
        int until = Volatile.Read(ref _looks) + count;
        for (int i = 0; i < 1000 && Volatile.Read(ref _looks) < until; i++)
            await Task.Delay(Interval);
    }
}
