using System.Collections.Concurrent;
using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.FileSystem;

/// <summary>Writes the access times that reads changed, every few seconds and together: a read never waits for a commit.</summary>
internal sealed partial class AccessTimes(Volume volume) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, Node> _pending = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    public void Start() => _work = Task.Run(RunAsync);

    /// <summary>A read happened.</summary>
    public void Touch(Node node)
    {
        if (node.Accessed(volume.NowNs))
        {
            _pending[node.Id] = node;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        await WriteAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using PeriodicTimer timer = new(volume.Options.AccessTimeInterval, volume.Time);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                await WriteAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The last round is DisposeAsync's.
        }
    }

    private async Task WriteAsync()
    {
        foreach (Node node in _pending.Values.ToArray())
        {
            _pending.TryRemove(node.Id, out _);
            long atime = node.PendingAtimeNs;
            InodeRow row = node.Row;
            if (atime <= row.AtimeNs)
            {
                node.ForgetAccess();
                continue;
            }

            Batch batch = volume.NewBatch();
            InodeRow stored = batch.Update(row, row with { AtimeNs = atime });
            try
            {
                if ((await volume.Store.CommitAsync(batch).ConfigureAwait(false)).Committed)
                {
                    node.Accept(stored);
                    node.ForgetAccess();
                }
                else
                {
                    // Changed by another commit at the same time: an access time is not worth a retry loop, the next read notes it again.
                    await volume.ReloadAsync(node).ConfigureAwait(false);
                    node.ForgetAccess();
                }
            }
            catch (MetadataStoreException failure)
            {
                LogNotWritten(volume.Logger, failure);
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Access times could not be written.")]
    private static partial void LogNotWritten(ILogger logger, Exception failure);
}
