namespace FsxFuse.Posix.Cases.Calls;

/// <summary><c>struct timespec</c>: seconds since 1970 and nanoseconds (or <c>UTIME_NOW</c>, <c>UTIME_OMIT</c>).</summary>
internal readonly record struct Timestamp(long Seconds, long Nanoseconds) : IComparable<Timestamp>
{
    internal static Timestamp Now => new(0, UTIME_NOW);

    internal static Timestamp Omit => new(0, UTIME_OMIT);

    public int CompareTo(Timestamp other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    public static bool operator <(Timestamp left, Timestamp right) => left.CompareTo(right) < 0;

    public static bool operator >(Timestamp left, Timestamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(Timestamp left, Timestamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Timestamp left, Timestamp right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Seconds}.{Nanoseconds:d9}";
}
