using System.Threading.Channels;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Stores the answers of HEADs. One consumer takes whatever has arrived and commits it together, so that many answers at a time cost few
/// commits and a single one waits for nobody.
/// </summary>
internal sealed class AttributeCommits : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly ImportContext _context;
    private readonly AttributeRows _rows;
    private readonly Channel<AttributeResult> _results = Channel.CreateUnbounded<AttributeResult>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _consumer;

    public AttributeCommits(ImportContext context)
    {
        _context = context;
        _rows = new AttributeRows(context);
        _consumer = Task.Run(ConsumeAsync);
    }

    /// <summary>Stores an answer; true when the object is at another key by now.</summary>
    public Task<bool> StoreAsync(AttributeResult result) =>
        _results.Writer.TryWrite(result) ? result.Stored.Task : Task.FromException<bool>(new ObjectDisposedException(nameof(AttributeCommits)));

    public async ValueTask DisposeAsync()
    {
        _results.Writer.TryComplete();
        await _consumer.ConfigureAwait(false);
    }

    private async Task ConsumeAsync()
    {
        List<AttributeResult> together = [];
        while (await _results.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (together.Count < MaxBatch && _results.Reader.TryRead(out AttributeResult? result))
                together.Add(result);
            try
            {
                // Something among them changed meanwhile: one at a time, so that it holds up only itself.
                if (!await TryCommitAsync(together).ConfigureAwait(false))
                {
                    foreach (AttributeResult result in together)
                        await CommitOneAsync(result).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is MetadataStoreException or ObjectDisposedException)
            {
                ImportLog.CommitFailed(_context.Logger, e.Message);
                foreach (AttributeResult result in together)
                    result.Stored.TrySetException(e);
            }
            together.Clear();
        }
    }

    private async Task<bool> TryCommitAsync(List<AttributeResult> results)
    {
        Batch batch = _context.NewBatch();
        List<(AttributeResult Result, bool Again)> outcomes = new(results.Count);
        foreach (AttributeResult result in results)
            outcomes.Add((result, await _rows.AddAsync(batch, result, CancellationToken.None).ConfigureAwait(false)));
        if (!batch.IsEmpty && !(await _context.Store.CommitAsync(batch).ConfigureAwait(false)).Committed)
            return false;
        foreach ((AttributeResult result, bool again) in outcomes)
            result.Stored.TrySetResult(again);
        return true;
    }

    private async Task CommitOneAsync(AttributeResult result)
    {
        const int MaxTries = 100;
        List<AttributeResult> one = [result];
        for (int attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await TryCommitAsync(one).ConfigureAwait(false))
                return;
        }
        result.Stored.TrySetException(new NamespaceSourceException(Cache.Errno.EAGAIN, $"'{result.Key}' changes too fast to be imported."));
    }
}
