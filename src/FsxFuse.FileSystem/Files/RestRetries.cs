using System.Collections.Concurrent;
using FsxFuse.Cache;
using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.FileSystem;

/// <summary>
/// Files whose last writer is gone while the store could not take their size and times (a full disk): tried again until it can. Until then
/// a handle of their own keeps node and content, so that nobody meets the old size.
/// </summary>
internal sealed partial class RestRetries(Volume volume) : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Node> _nodes = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Brings a file to rest and gives its handle back; false to be called again.</summary>
    public Func<Node, ValueTask<bool>>? Rest { get; set; }

    public void Start() => _work = Task.Run(RunAsync);

    /// <summary>A file could not be brought to rest.</summary>
    public void Add(Node node, Exception failure)
    {
        LogNotRested(volume.Logger, node.Id, failure);
        _nodes.Enqueue(node);
    }

    /// <summary>Tries a last time; what still fails is found by the recovery of the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        await TryAllAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using PeriodicTimer timer = new(s_pause, volume.Time);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                await TryAllAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The last round is DisposeAsync's.
        }
    }

    private async ValueTask TryAllAsync()
    {
        for (int left = _nodes.Count; left > 0 && _nodes.TryDequeue(out Node? node); left--)
        {
            try
            {
                if (Rest is { } rest && !await rest(node).ConfigureAwait(false))
                {
                    _nodes.Enqueue(node);
                }
            }
            catch (Exception failure) when (failure is CacheException or MetadataStoreException)
            {
                _nodes.Enqueue(node);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Size and times of inode {Inode} could not be stored when it was closed; it is tried again.")]
    private static partial void LogNotRested(ILogger logger, long inode, Exception failure);
}
