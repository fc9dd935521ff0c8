using System.Collections.Concurrent;
using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.FileSystem;

/// <summary>Writes the access times that reads changed, every few seconds and together: a read never waits for a commit.</summary>
internal sealed partial class AccessTimes(Volume volume) : IAsyncDisposable
{
    private const int BatchSize = 128;

    private readonly ConcurrentDictionary<long, Node> _pending = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;
    private int _rule;

    public void Start() => _work = Task.Run(RunAsync);

    /// <summary>May change at any time, by a remount.</summary>
    public AccessTimeRule Rule
    {
        get => (AccessTimeRule)Volatile.Read(ref _rule);
        set => Volatile.Write(ref _rule, (int)value);
    }

    /// <summary>A read happened.</summary>
    public void Touch(Node node)
    {
        AccessTimeRule rule = Rule;
        if (rule != AccessTimeRule.Never && node.Accessed(volume.NowNs, strict: rule == AccessTimeRule.Strict))
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
        try
        {
            foreach (Node[] nodes in _pending.Values.ToArray().Chunk(BatchSize))
            {
                foreach (Node node in nodes)
                {
                    _pending.TryRemove(node.Id, out _);
                }

                if (await TryWriteAsync(nodes).ConfigureAwait(false))
                {
                    continue;
                }

                // One of them was changed by another commit at the same time.
                foreach (Node node in nodes)
                {
                    if (!await TryWriteAsync([node]).ConfigureAwait(false))
                    {
                        // An access time is not worth a retry loop: the next read notes it again.
                        await volume.ReloadAsync(node).ConfigureAwait(false);
                        node.ForgetAccess();
                        volume.Nodes.Settle(node);
                    }
                }
            }
        }
        catch (MetadataStoreException failure)
        {
            LogNotWritten(volume.Logger, failure);
        }
    }

    private async Task<bool> TryWriteAsync(Node[] nodes)
    {
        Batch batch = volume.NewBatch();
        InodeRow?[] stored = new InodeRow?[nodes.Length];
        long[] written = new long[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            InodeRow row = nodes[i].Row;
            long atime = written[i] = nodes[i].PendingAtimeNs;
            if (atime != 0 && atime > row.AtimeNs)
            {
                stored[i] = batch.Update(row, row with { AtimeNs = atime });
            }
        }

        if (!batch.IsEmpty && !(await volume.Store.CommitAsync(batch).ConfigureAwait(false)).Committed)
        {
            return false;
        }

        for (int i = 0; i < nodes.Length; i++)
        {
            if (stored[i] is { } row)
            {
                nodes[i].Accept(row);
            }

            if (nodes[i].StoredAccess(written[i]))
            {
                volume.Nodes.Settle(nodes[i]);
            }
            else
            {
                _pending[nodes[i].Id] = nodes[i];
            }
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Access times could not be written.")]
    private static partial void LogNotWritten(ILogger logger, Exception failure);
}
