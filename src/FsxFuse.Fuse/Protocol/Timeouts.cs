namespace FsxFuse.Fuse;

/// <summary>Cache timeouts between <see cref="TimeSpan"/> and the wire's seconds and nanoseconds.</summary>
internal static class Timeouts
{
    public static (ulong Seconds, uint Nanoseconds) Split(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        (long seconds, long ticks) = Math.DivRem(timeout.Ticks, TimeSpan.TicksPerSecond);
        return ((ulong)seconds, (uint)(ticks * TimeSpan.NanosecondsPerTick));
    }

    public static TimeSpan Join(ulong seconds, uint nanoseconds) =>
        seconds >= (ulong)(TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond)
            ? TimeSpan.MaxValue
            : new TimeSpan(((long)seconds * TimeSpan.TicksPerSecond) + (nanoseconds / TimeSpan.NanosecondsPerTick));
}
