using System.Collections.Concurrent;
using FsxFuse.Metadata;
using FsxFuse.Repository.Objects;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Repository.Links;

/// <summary>
/// Watches whether links can be used at all. One refused request may be one file's matter, so it only raises the question; the link is
/// MISCONFIGURED when its repository refuses the plainest request of all, and AVAILABLE again when that is answered.
/// </summary>
public sealed partial class LinkMonitor : IAsyncDisposable
{
    // Many files may be refused at a time: one look in a while says it for all.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly LinkSet _links;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<Link, Task> _recovered;
    private readonly ConcurrentDictionary<string, bool> _suspects = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Makes the monitor; <see cref="Start"/> sets it to work.</summary>
    /// <param name="links">The links.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="recovered">Called when a link works again.</param>
    public LinkMonitor(LinkSet links, TimeProvider time, ILogger logger, Func<Link, Task> recovered) =>
        (_links, _time, _logger, _recovered) = (links, time, logger, recovered);

    /// <summary>Begins to watch.</summary>
    public void Start() => _work = Task.Run(RunAsync);

    /// <summary>Whether a failure is one that only a person can mend, for a whole repository.</summary>
    public static bool IsRefusal(ObjectStoreErrorKind kind) => kind is ObjectStoreErrorKind.AccessDenied or ObjectStoreErrorKind.BadCredentials
        or ObjectStoreErrorKind.NoCredentials or ObjectStoreErrorKind.NoSuchBucket or ObjectStoreErrorKind.WrongRegion or ObjectStoreErrorKind.TlsFailure
        or ObjectStoreErrorKind.BadConfiguration;

    /// <summary>A request to a repository failed. Takes note only.</summary>
    public void Failed(RepositoryUrl url, ObjectStoreException failure)
    {
        if (!IsRefusal(failure.Kind) || !_suspects.TryAdd(url.ToString(), true))
            return;
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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _wake.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            bool watching = _links.All.Any(link => link.Row.Lifecycle == LinkLifecycle.Misconfigured);
            await _wake.WaitAsync(watching ? Interval : Timeout.InfiniteTimeSpan, _stop.Token).ConfigureAwait(false);
            foreach (Link link in _links.All.Where(link => link.Row.Lifecycle == LinkLifecycle.Misconfigured || _suspects.ContainsKey(link.Url.ToString())))
            {
                try
                {
                    await CheckAsync(link).ConfigureAwait(false);
                }
                catch (Exception e) when (e is MetadataStoreException or LinkException)
                {
                    LogCheckFailed(_logger, link.ToString(), e.Message);
                }
            }
            await Task.Delay(Interval, _time, _stop.Token).ConfigureAwait(false);
            // What was refused meanwhile asks again at its next try.
            _suspects.Clear();
        }
    }

    private async Task CheckAsync(Link link)
    {
        string? refusal = null;
        try
        {
            await link.Store.CheckAccessAsync(link.Prefix, _stop.Token).ConfigureAwait(false);
        }
        catch (ObjectStoreException e) when (IsRefusal(e.Kind))
        {
            refusal = e.Message;
        }
        catch (ObjectStoreException)
        {
            // Out of reach, which passes: what is known of it still holds.
            return;
        }
        bool broken = link.Row.Lifecycle == LinkLifecycle.Misconfigured;
        if (refusal is not null && (!broken || link.Row.FailureMessage != refusal) && link.Row.Lifecycle is LinkLifecycle.Available or LinkLifecycle.Misconfigured)
        {
            await _links.UpdateAsync(link.Id, row => row with { Lifecycle = LinkLifecycle.Misconfigured, FailureMessage = refusal }, _stop.Token).ConfigureAwait(false);
            LogMisconfigured(_logger, link.ToString(), refusal);
        }
        else if (refusal is null && broken)
        {
            Link works = await _links.UpdateAsync(link.Id, row => row with { Lifecycle = LinkLifecycle.Available, FailureMessage = null }, _stop.Token).ConfigureAwait(false);
            LogRecovered(_logger, link.ToString());
            await _recovered(works).ConfigureAwait(false);
        }
    }

    [LoggerMessage(3700, LogLevel.Error, "{Link} is MISCONFIGURED: {Reason}", EventName = "Misconfigured")]
    private static partial void LogMisconfigured(ILogger logger, string link, string reason);

    [LoggerMessage(3701, LogLevel.Information, "{Link} works again", EventName = "Recovered")]
    private static partial void LogRecovered(ILogger logger, string link);

    [LoggerMessage(3702, LogLevel.Warning, "Whether {Link} works could not be recorded: {Reason}", EventName = "CheckFailed")]
    private static partial void LogCheckFailed(ILogger logger, string link, string reason);
}
