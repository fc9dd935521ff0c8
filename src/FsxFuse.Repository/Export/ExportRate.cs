namespace FsxFuse.Repository.Export;

/// <summary>Bytes per second over the last few seconds. Thread-safe.</summary>
internal sealed class ExportRate(TimeProvider time)
{
    private const int Seconds = 5;

    private readonly Lock _lock = new();
    private readonly long[] _bytes = new long[Seconds + 1];
    private long _second;

    public void Add(long bytes)
    {
        lock (_lock)
        {
            Advance();
            _bytes[_second % _bytes.Length] += bytes;
        }
    }

    /// <summary>The mean of the last whole seconds.</summary>
    public double PerSecond
    {
        get
        {
            lock (_lock)
            {
                Advance();
                long sum = 0;
                for (int i = 1; i <= Seconds; i++)
                    sum += _bytes[(_second + i) % _bytes.Length];
                return (double)sum / Seconds;
            }
        }
    }

    private void Advance()
    {
        long now = time.GetTimestamp() / time.TimestampFrequency;
        // The bucket after the present one is the oldest: it is counted, and becomes the next one.
        for (long second = Math.Max(_second + 1, now - Seconds); second <= now; second++)
            _bytes[second % _bytes.Length] = 0;
        _second = Math.Max(now, _second);
    }
}
