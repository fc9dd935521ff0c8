namespace FsxFuse.Repository.Import;

/// <summary>
/// Work that many may ask for at once and that is done once: whoever asks while it runs waits for the same run. The work goes on when
/// a waiter gives up, since its result is kept by the store; it ends when <paramref name="stopping"/> fires.
/// </summary>
internal sealed class SharedWork<TKey>(CancellationToken stopping)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Task> _running = [];

    public Task RunAsync(TKey key, Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        Task? run;
        lock (_lock)
        {
            if (!_running.TryGetValue(key, out run))
            {
                run = Task.Run(() => ExecuteAsync(key, work), CancellationToken.None);
                _running.Add(key, run);
                // A failure that nobody waits for any more is not unobserved: the next asker runs into it again.
                run.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
        return run.WaitAsync(cancel);
    }

    /// <summary>Everything that runs now, to be awaited before what it uses is disposed.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
            return Task.WhenAll(_running.Values);
    }

    private async Task ExecuteAsync(TKey key, Func<CancellationToken, Task> work)
    {
        try
        {
            await work(stopping).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                _running.Remove(key);
        }
    }
}
