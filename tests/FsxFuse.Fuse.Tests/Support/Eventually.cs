using System.Diagnostics;

namespace FsxFuse.Fuse.Tests.Support;

/// <summary>Waits for what another thread or the kernel is about to do.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "in vain: " + what);
            await Task.Delay(5);
        }
    }
}
