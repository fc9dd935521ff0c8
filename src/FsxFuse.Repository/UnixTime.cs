namespace FsxFuse.Repository;

/// <summary>Times as the rows hold them: nanoseconds since 1970 UTC.</summary>
internal static class UnixTime
{
    public const long NanosecondsPerSecond = 1_000_000_000;

    public static long ToUnixNanoseconds(this DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * TimeSpan.NanosecondsPerTick;

    /// <summary>Now, by the given clock.</summary>
    public static long Nanoseconds(this TimeProvider time) => time.GetUtcNow().ToUnixNanoseconds();
}
