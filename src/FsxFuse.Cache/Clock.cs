namespace FsxFuse.Cache;

/// <summary>Time as rows store it.</summary>
internal static class Clock
{
    /// <summary>Now, ns since 1970 (100 ns steps).</summary>
    internal static long NowNs(TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
