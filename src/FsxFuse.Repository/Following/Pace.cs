namespace FsxFuse.Repository.Following;

/// <summary>Spaces requests evenly. Used by one caller at a time.</summary>
internal sealed class Pace(double perSecond, TimeProvider time)
{
    private readonly TimeSpan _gap = TimeSpan.FromSeconds(1 / perSecond);
    private long _last;

    /// <summary>Waits until the next request may go.</summary>
    public async Task WaitAsync(CancellationToken cancel)
    {
        TimeSpan wait = _last == 0 ? TimeSpan.Zero : _gap - time.GetElapsedTime(_last);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancel).ConfigureAwait(false);
        _last = time.GetTimestamp();
    }
}
