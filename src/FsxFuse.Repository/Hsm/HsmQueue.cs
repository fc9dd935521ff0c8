using System.Threading.Channels;
using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Hsm;

/// <summary>
/// The archives and restores that were asked for, in the order of asking: kept in the store until they end, worked on by a few workers,
/// tried again when that may help.
/// </summary>
internal sealed class HsmQueue(IMetadataStore store, Func<HsmRequest, CancellationToken, Task<HsmOutcome>> work, HsmOptions options, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private const int PageSize = 1000;
    private const int FailuresKept = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, HsmRequest> _requests = [];
    private readonly Dictionary<long, string> _failures = [];
    private readonly Queue<long> _failed = new();
    private readonly Channel<HsmRequest> _turns = Channel.CreateUnbounded<HsmRequest>();
    private readonly CancellationTokenSource _stop = new();
    private Task[] _workers = [];

    /// <summary>Takes up what an earlier run left.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        List<HsmRequestRow> rows = [];
        while (await store.GetHsmRequestsAsync(rows.Count == 0 ? 0 : rows[^1].Inode, PageSize, cancel).ConfigureAwait(false) is { Count: > 0 } page)
            rows.AddRange(page);
        foreach (HsmRequestRow row in rows.OrderBy(row => row.RequestedNs))
            TryAdd(row, out _);
        _workers = [.. Enumerable.Range(0, options.Concurrency).Select(_ => Task.Run(WorkAsync, CancellationToken.None))];
    }

    /// <summary>The request about an inode; null when there is none.</summary>
    public HsmRequest? Find(long inode)
    {
        lock (_lock)
            return _requests.GetValueOrDefault(inode);
    }

    /// <summary>Why the last request about an inode failed; null when it did not, or that is long ago.</summary>
    public string? FindFailure(long inode)
    {
        lock (_lock)
            return _failures.GetValueOrDefault(inode);
    }

    /// <summary>How many requests there are of a kind, and how many of them wait for something that they told.</summary>
    public (int Count, int Told) Count(HsmAction action)
    {
        lock (_lock)
            return (_requests.Values.Count(request => request.Row.Action == action), _requests.Values.Count(request => request.Row.Action == action && request.Row.Note is not null));
    }

    /// <summary>Takes a request; the one that is there already when it asks for the same. Null when something else is in progress for the inode.</summary>
    public async ValueTask<HsmRequest?> AddAsync(HsmRequestRow row, CancellationToken cancel)
    {
        // In the store first: what was accepted is not forgotten.
        if (Find(row.Inode) is null)
            await store.CommitAsync(new Batch(this).Add(new RowWrite.PutHsmRequest(row)), cancel).ConfigureAwait(false);
        TryAdd(row, out HsmRequest request);
        return request.Row.Action == row.Action ? request : null;
    }

    /// <summary>Forgets the request about an inode; what was moved stays where it is.</summary>
    public async ValueTask CancelAsync(long inode, CancellationToken cancel)
    {
        if (Find(inode) is not { } request)
            return;
        await store.CommitAsync(new Batch(this).Add(new RowWrite.DeleteHsmRequest(inode)), cancel).ConfigureAwait(false);
        Remove(request);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _turns.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers).ConfigureAwait(false);
        foreach (HsmRequest request in _requests.Values)
            request.Dispose();
        _stop.Dispose();
    }

    private bool TryAdd(HsmRequestRow row, out HsmRequest request)
    {
        lock (_lock)
        {
            if (_requests.TryGetValue(row.Inode, out request!))
                return false;
            _requests.Add(row.Inode, request = new HsmRequest(row, _stop.Token));
            _failures.Remove(row.Inode);
        }
        _turns.Writer.TryWrite(request);
        return true;
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (HsmRequest request in _turns.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                if (Find(request.Row.Inode) == request)
                    await TryAsync(request).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // What is left is in the store.
        }
    }

    private async Task TryAsync(HsmRequest request)
    {
        try
        {
            request.IsRunning = true;
            HsmOutcome outcome = await work(request, request.Ended).ConfigureAwait(false);
            request.IsRunning = false;
            if (outcome is { Kind: HsmOutcomeKind.Later, Wait: null } && ++request.Tries >= options.Tries)
                outcome = HsmOutcome.Failed(outcome.Note!);
            await SettleAsync(request, outcome).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (request.Ended.IsCancellationRequested)
        {
            // Cancelled, or everything stops and the next run takes it up.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The store itself failed: the request is still in it.
            HsmLog.Unexpected(logger, request.Row.Inode, e);
            Later(request, TimeSpan.FromMinutes(1));
        }
        finally
        {
            request.IsRunning = false;
        }
    }

    private async Task SettleAsync(HsmRequest request, HsmOutcome outcome)
    {
        if (outcome.Kind == HsmOutcomeKind.Later)
        {
            if (request.Row.Note != outcome.Note)
            {
                request.Row = request.Row with { Note = outcome.Note };
                await store.CommitAsync(new Batch(this).Add(new RowWrite.PutHsmRequest(request.Row)), request.Ended).ConfigureAwait(false);
            }
            request.Word.TrySetResult();
            Later(request, outcome.Wait ?? Backoff(request.Tries));
            return;
        }
        await store.CommitAsync(new Batch(this).Add(new RowWrite.DeleteHsmRequest(request.Row.Inode)), request.Ended).ConfigureAwait(false);
        if (outcome.Kind == HsmOutcomeKind.Failed)
        {
            HsmLog.Failed(logger, request.Row.Action, request.Row.Inode, outcome.Note!);
            NoteFailure(request.Row.Inode, outcome.Note!);
        }
        Remove(request);
    }

    private void Later(HsmRequest request, TimeSpan wait) =>
        _ = Task.Delay(wait, time, request.Ended).ContinueWith(
            (_, state) => _turns.Writer.TryWrite((HsmRequest)state!), request, CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

    private TimeSpan Backoff(int tries) => TimeSpan.FromSeconds(Math.Min(60, options.RetryFirst.TotalSeconds * Math.Pow(2, tries - 1)));

    private void NoteFailure(long inode, string why)
    {
        lock (_lock)
        {
            if (_failures.TryAdd(inode, why))
                _failed.Enqueue(inode);
            _failures[inode] = why;
            while (_failed.Count > FailuresKept)
                _failures.Remove(_failed.Dequeue());
        }
    }

    private void Remove(HsmRequest request)
    {
        lock (_lock)
        {
            if (!_requests.TryGetValue(request.Row.Inode, out HsmRequest? known) || known != request)
                return;
            _requests.Remove(request.Row.Inode);
        }
        request.End();
    }
}
