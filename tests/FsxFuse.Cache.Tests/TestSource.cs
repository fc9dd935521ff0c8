namespace FsxFuse.Cache.Tests;

/// <summary>Objects in memory, or of a pattern without memory; counts, delays and fails requests.</summary>
internal sealed class TestSource : IContentSource
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _objects = [];
    private readonly List<(long Offset, int Length)> _requests = [];

    public Func<ContentOrigin, long, int, Task>? Before { get; set; }

    public IReadOnlyList<(long Offset, int Length)> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    public long Bytes => Requests.Sum(r => (long)r.Length);

    /// <summary>False: the link is being removed.</summary>
    public bool Lasts { get; set; } = true;

    public bool IsLasting(int linkId) => Lasts;

    public void Reset()
    {
        lock (_lock)
            _requests.Clear();
    }

    public void Put(string key, byte[] bytes)
    {
        lock (_lock)
            _objects[key] = bytes;
    }

    public async ValueTask ReadAsync(ContentOrigin origin, long offset, Memory<byte> destination, CancellationToken cancel)
    {
        lock (_lock)
            _requests.Add((offset, destination.Length));
        if (Before is { } before)
            await before(origin, offset, destination.Length);
        byte[]? bytes;
        lock (_lock)
            _objects.TryGetValue(origin.Key, out bytes);
        if (origin.Key.StartsWith("pattern", StringComparison.Ordinal))
        {
            Pattern(offset, destination.Span);
            return;
        }

        if (bytes is null || origin.ETag != TagOf(origin.Key))
            throw new ContentSourceException(Errno.ESTALE, "changed");
        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
    }

    public static string TagOf(string key) => "tag-" + key;

    public static void Pattern(long offset, Span<byte> into)
    {
        for (int i = 0; i < into.Length; i++)
        {
            ulong position = (ulong)(offset + i);
            into[i] = (byte)((position * 0x9E3779B97F4A7C15UL) >> 56);
        }
    }
}
