namespace FsxFuse.Repository.Objects.S3;

/// <summary>A network stream on which no single read waits longer than a limit. One reader at a time.</summary>
internal sealed class StallGuardStream(Stream inner, TimeSpan limit, TimeProvider time) : ForwardStream
{
    private readonly CancellationTokenSource _timer = new(Timeout.InfiniteTimeSpan, time);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _timer.CancelAfter(limit);
        using CancellationTokenRegistration caller =
            cancellationToken.UnsafeRegister(static timer => ((CancellationTokenSource)timer!).Cancel(), _timer);
        try
        {
            int read = await inner.ReadAsync(buffer, _timer.Token).ConfigureAwait(false);
            _timer.CancelAfter(Timeout.InfiniteTimeSpan);
            return read;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new IOException($"The answer fell silent for {limit.TotalSeconds:0} s.", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _timer.Dispose();
        }
        base.Dispose(disposing);
    }
}
