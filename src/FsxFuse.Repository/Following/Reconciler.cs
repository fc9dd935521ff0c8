using System.Collections.Concurrent;
using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Following;

/// <summary>
/// Compares what is known here with the repositories again and again: whatever no event told (it was lost, or there are none; a lifecycle
/// rule; a month without a mount) is found by the next listing. One link after the other, at a limited rate.
/// </summary>
internal sealed class Reconciler(LinkSet links, Importer importer, FollowOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<int, State> _states = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Pace _pace = new(options.ListingsPerSecond, time);

    /// <summary>Reconciles a link as soon as possible.</summary>
    public void Demand(int link, bool lost = false)
    {
        State state = _states.GetOrAdd(link, static _ => new State());
        lock (state)
        {
            state.IsDemanded = true;
            if (lost && state.LostNs == 0)
                state.LostNs = time.Nanoseconds();
        }
        Wake();
    }

    /// <summary>The links or their policies may have changed.</summary>
    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Awake already, or stopping.
        }
    }

    /// <summary>How a link stands, and since when events were lost that the next reconciliation makes up for (0: none were).</summary>
    public (FollowStatus Status, long LostNs) Look(Link link)
    {
        State state = _states.GetOrAdd(link.Id, static _ => new State());
        lock (state)
        {
            long next = DueNs(link, state);
            return (new FollowStatus(0, TimeSpan.Zero, state.IsRunning, state.ReconciledNs, next == long.MaxValue ? 0 : next, state.LastError), state.LostNs);
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            long next = long.MaxValue;
            foreach (Link link in links.All.OrderBy(link => link.Id))
            {
                State state = _states.GetOrAdd(link.Id, static _ => new State());
                if (DueNs(link, state) <= time.Nanoseconds())
                    await ReconcileAsync(link, state, stop).ConfigureAwait(false);
                next = Math.Min(next, DueNs(link, state));
            }
            TimeSpan wait = next == long.MaxValue ? LongestSleep : TimeSpan.FromTicks(Math.Max(1, (next - time.Nanoseconds()) / TimeSpan.NanosecondsPerTick));
            using CancellationTokenSource timer = new(wait < LongestSleep ? wait : LongestSleep, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, timer.Token);
            try
            {
                await _wake.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Something is due, or it is time to stop.
            }
        }
    }

    public void Dispose() => _wake.Dispose();

    private async Task ReconcileAsync(Link link, State state, CancellationToken stop)
    {
        long began = time.Nanoseconds();
        long lost;
        lock (state)
        {
            (state.IsRunning, state.IsDemanded) = (true, false);
            lost = state.LostNs;
        }
        string? error = null;
        try
        {
            RefreshCounts counts = await importer.RefreshAsync(new RefreshRequest
            {
                Link = link,
                KeyPrefix = link.Prefix,
                Events = link.Options.ImportPolicy,
                KnownOnly = true,
                Pace = _pace.WaitAsync,
                OnFailure = failure => FollowLog.KeyFailed(logger, failure.Key, failure.Message),
            }, stop).ConfigureAwait(false);
            if (counts.New + counts.Changed + counts.Deleted > 0)
                FollowLog.Reconciled(logger, link.ToString(), counts.New, counts.Changed, counts.Deleted, counts.Listed);
            else
                FollowLog.NothingChanged(logger, link.ToString());
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            error = "It was stopped.";
        }
        catch (Exception e) when (e is NamespaceSourceException or MetadataStoreException)
        {
            error = e.Message;
            FollowLog.BrokeOff(logger, link.ToString(), e.Message);
        }
        lock (state)
        {
            state.IsRunning = false;
            state.LastError = error;
            state.TriedNs = time.Nanoseconds();
            if (error is null)
                (state.ReconciledNs, state.EndedNs, state.LostNs) = (began, state.TriedNs, state.LostNs == lost ? 0 : state.LostNs);
        }
    }

    // Counted from the end of the last one, so that a listing that takes longer than the interval leaves room for others.
    private long DueNs(Link link, State state)
    {
        lock (state)
        {
            if (link.Options.ImportPolicy == RepositoryEvents.None || link.Row.Lifecycle is LinkLifecycle.Misconfigured or LinkLifecycle.Deleting)
                return long.MaxValue;
            if (state.TriedNs > state.EndedNs && state.LastError is not null)
                return state.TriedNs + (options.RetryMax.Ticks * TimeSpan.NanosecondsPerTick);
            if (state.IsDemanded)
                return 0;
            return link.Options.ImportInterval == 0 ? long.MaxValue
                : state.EndedNs == 0 ? 0
                : state.EndedNs + (link.Options.ImportInterval * UnixTime.NanosecondsPerSecond);
        }
    }

    private sealed class State
    {
        public bool IsRunning { get; set; }

        public bool IsDemanded { get; set; }

        public long ReconciledNs { get; set; }

        public long EndedNs { get; set; }

        public long TriedNs { get; set; }

        public long LostNs { get; set; }

        public string? LastError { get; set; }
    }
}
