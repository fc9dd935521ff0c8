using System.Threading.Channels;
using FsxFuse.Metadata;
using Microsoft.Extensions.Logging;

namespace FsxFuse.FileSystem;

/// <summary>
/// Removes inodes that have neither a name nor anybody who holds them: rows and content, many in one commit, off the request path.
/// </summary>
internal sealed partial class OrphanReaper(Volume volume) : IAsyncDisposable
{
    private const int BatchSize = 256;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Channel<long> _candidates = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Starts; what an earlier process left behind goes first.</summary>
    public void Start()
    {
        // Inodes made from here on are this process's own: one of O_TMPFILE is an orphan before anybody holds it.
        long firstOwn = volume.Store.AllocateIds();
        _work = Task.Run(() => RunAsync(firstOwn));
    }

    /// <summary>An inode may be due: it lost its last holder or its last name.</summary>
    public void Consider(long inode) => _candidates.Writer.TryWrite(inode);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _candidates.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(long firstOwn)
    {
        await TryAsync(() => ReapLeftoversAsync(firstOwn)).ConfigureAwait(false);
        List<long> due = [];
        while (await _candidates.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (due.Count < BatchSize && _candidates.Reader.TryRead(out long inode))
            {
                due.Add(inode);
            }

            await TryAsync(() => ReapAsync(due)).ConfigureAwait(false);
            due.Clear();
        }
    }

    /// <summary>
    /// Tries until it succeeds: a store that is full for a while must not keep deleted files for ever. Nothing is lost when it is given up at the
    /// end: orphans stay noted in the store, and the next start removes them.
    /// </summary>
    private async Task TryAsync(Func<Task> reap)
    {
        while (true)
        {
            try
            {
                await reap().ConfigureAwait(false);
                return;
            }
            catch (MetadataStoreException failure)
            {
                LogFailed(volume.Logger, failure);
            }

            try
            {
                await Task.Delay(s_pause, volume.Time, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ReapLeftoversAsync(long firstOwn)
    {
        long after = 0;
        while (after < firstOwn)
        {
            IReadOnlyList<long> orphans = await volume.Store.GetOrphansAsync(after, BatchSize).ConfigureAwait(false);
            if (orphans.Count == 0)
            {
                return;
            }

            await ReapAsync([.. orphans.Where(id => id < firstOwn)]).ConfigureAwait(false);
            after = orphans[^1];
        }
    }

    private async Task ReapAsync(IReadOnlyList<long> inodes)
    {
        Batch batch = volume.NewBatch();
        List<long> contents = [];
        foreach (long id in inodes)
        {
            if (volume.Nodes.IsHeld(id) || await volume.Store.GetInodeAsync(id).ConfigureAwait(false) is not { NLink: <= 0 } row)
            {
                continue;
            }

            // The version guard keeps a linkat(2) of an O_TMPFILE file, or an open by handle, from losing its inode in between.
            batch.Require(new Guard.InodeVersion(row.Id, row.Version)).Add(new RowWrite.DeleteInode(row.Id));
            if (row.ContentId != 0)
            {
                contents.Add(row.ContentId);
            }
        }

        if (batch.IsEmpty)
        {
            return;
        }

        CommitResult result = await volume.Store.CommitAsync(batch).ConfigureAwait(false);
        if (result.Committed)
        {
            foreach (long content in contents)
            {
                volume.Cache.Discard(content);
            }
        }
        else
        {
            // One of them changed since it was read (an access time, a name by linkat): each for itself.
            foreach (long id in inodes)
            {
                await ReapAsync([id]).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Deleted files could not be removed; it is tried again.")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
