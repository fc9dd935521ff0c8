using System.Runtime;
using System.Runtime.InteropServices;

namespace FsxFuse.Daemon;

/// <summary>
/// Gives memory back once the work that needed it is over. The runtime collects as it allocates: a daemon that has become idle would keep what its
/// busiest minute left.
/// </summary>
internal sealed class IdleMemory : IAsyncDisposable
{
    private readonly Func<long> _activity;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly Action _release;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="activity">A number that grows with all the work there is: two equal readings, an interval apart, are idleness.</param>
    /// <param name="time">The clock.</param>
    /// <param name="release">What gives memory back; null for the runtime's and the C library's heaps.</param>
    /// <param name="interval">How often to look; null for 15 seconds.</param>
    public IdleMemory(Func<long> activity, TimeProvider time, Action? release = null, TimeSpan? interval = null)
    {
        _activity = activity;
        _time = time;
        _interval = interval ?? TimeSpan.FromSeconds(15);
        _release = release ?? Release;
        _loop = Task.Run(LoopAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        using PeriodicTimer timer = new(_interval, _time);
        long last = _activity(), released = last;
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            long now = _activity();
            if (now == last && now != released)
            {
                _release();
                released = now;
            }
            last = now;
        }
    }

    private static void Release()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // SQLite and OpenSSL allocate there. musl has no such function, and needs none.
        if (NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "malloc_trim", out nint trim))
            Trim(trim);
    }

    private static unsafe void Trim(nint function) => _ = ((delegate* unmanaged<nuint, int>)function)(0);
}
