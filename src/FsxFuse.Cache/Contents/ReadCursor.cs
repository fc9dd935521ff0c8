namespace FsxFuse.Cache;

/// <summary>
/// How one open file handle has been read so far, so that sequential readers get read-ahead and random ones do not. One per
/// handle; thread-safe.
/// </summary>
public sealed class ReadCursor
{
    // Kernel read-ahead sends neighbouring requests from several threads: they arrive a little out of order.
    private const long Slack = 256 << 10;
    private const long FirstWindow = 256 << 10;

    private readonly Lock _lock = new();
    private long _next;
    private long _ahead;
    private long _window;

    /// <summary>
    /// Notes a read that the cache was asked about, and returns up to where it should be loading: the end of the read for a
    /// random reader, farther for a sequential one, whose window doubles up to <paramref name="maxWindow"/>.
    /// Reads that hit resident data are not all seen here, so anything up to the end of the last read-ahead still counts as sequential.
    /// </summary>
    internal long Observe(long offset, int length, long maxWindow, int randomFetch, out long window)
    {
        lock (_lock)
        {
            long end = offset + length;
            bool sequential = _window > 0
                ? offset >= _next - Slack && offset <= Math.Max(_next, _ahead) + Slack
                : _next > 0 && offset >= _next && offset <= _ahead;
            if (!sequential)
            {
                // A first read, even at 0, may be a look at a header: the second one tells.
                window = _window = 0;
                _next = end;
                return _ahead = (end + randomFetch - 1) / randomFetch * randomFetch;
            }

            // More is asked for only when half of the window is used up: requests stay large.
            bool extend = end > _next && (_window == 0 || _ahead - end < _window / 2);
            _next = Math.Max(_next, end);
            if (extend)
            {
                _window = Math.Min(maxWindow, Math.Max(FirstWindow, _window * 2));
                _ahead = Math.Max(_ahead, end + _window);
            }

            window = _window;
            return Math.Max(_ahead, end);
        }
    }
}
