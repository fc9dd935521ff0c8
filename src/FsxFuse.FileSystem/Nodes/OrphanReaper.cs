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

    private readonly Channel<long> _candidates = Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleReader = true });
    private Task _work = Task.CompletedTask;

    /// <summary>Starts; what an earlier process left behind goes first.</summary>
    public void Start() => _work = Task.Run(RunAsync);

    /// <summary>An inode may be due: it lost its last holder or its last name.</summary>
    public void Consider(long inode) => _candidates.Writer.TryWrite(inode);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _candidates.Writer.TryComplete();
        await _work.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        try
        {
            await ReapLeftoversAsync().ConfigureAwait(false);
            List<long> due = [];
            while (await _candidates.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (due.Count < BatchSize && _candidates.Reader.TryRead(out long inode))
                {
                    due.Add(inode);
                }

                await ReapAsync(due).ConfigureAwait(false);
                due.Clear();
            }
        }
        catch (MetadataStoreException failure)
        {
            // Nothing is lost: orphans stay noted in the store and the next start removes them.
            LogStopped(volume.Logger, failure);
        }
    }

    private async Task ReapLeftoversAsync()
    {
        long after = 0;
        while (true)
        {
            IReadOnlyList<long> orphans = await volume.Store.GetOrphansAsync(after, BatchSize).ConfigureAwait(false);
            if (orphans.Count == 0)
            {
                return;
            }

            await ReapAsync(orphans).ConfigureAwait(false);
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
        else if (inodes.Count > 1)
        {
            foreach (long id in inodes)
            {
                await ReapAsync([id]).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Removing deleted files stopped; they will be removed at the next start.")]
    private static partial void LogStopped(ILogger logger, Exception failure);
}
