namespace FsxFuse.Control.Events;

/// <summary>What arrived at the endpoint since the start.</summary>
internal sealed class EventCounters
{
    private long _received;
    private long _refused;

    public long Received => Volatile.Read(ref _received);

    public long Refused => Volatile.Read(ref _refused);

    public void CountReceived(int count) => Interlocked.Add(ref _received, count);

    public void CountRefused() => Interlocked.Increment(ref _refused);
}
