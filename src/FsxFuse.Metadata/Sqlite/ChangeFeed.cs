using Microsoft.Extensions.Logging;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>The subscribers of a store. <see cref="Publish"/> is called under the writer's lock, which gives the commit order.</summary>
internal sealed class ChangeFeed(ILogger logger) : IChangeFeed
{
    private readonly Lock _lock = new();
    private volatile Subscription[] _subscriptions = [];

    public IDisposable Subscribe(Action<Batch> onCommitted)
    {
        ArgumentNullException.ThrowIfNull(onCommitted);
        Subscription subscription = new(this, onCommitted);
        lock (_lock)
            _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }

    public void Publish(Batch batch)
    {
        foreach (Subscription subscription in _subscriptions)
        {
            try
            {
                subscription.OnCommitted(batch);
            }
#pragma warning disable CA1031 // The commit is done: a follower's fault must not make it look failed.
            catch (Exception error)
#pragma warning restore CA1031
            {
                StoreLog.FollowerFailed(logger, error);
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock)
            _subscriptions = Array.FindAll(_subscriptions, other => other != subscription);
    }

    private sealed class Subscription(ChangeFeed feed, Action<Batch> onCommitted) : IDisposable
    {
        public Action<Batch> OnCommitted { get; } = onCommitted;

        public void Dispose() => feed.Remove(this);
    }
}
