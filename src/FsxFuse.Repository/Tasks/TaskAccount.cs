using FsxFuse.Metadata;

namespace FsxFuse.Repository.Tasks;

/// <summary>The counters of a running task. Thread-safe. After a restart the work begins anew, and so do they.</summary>
internal sealed class TaskAccount(IMetadataStore store, string id, long startedNs)
{
    private long _total;
    private long _succeeded;
    private long _failed;
    private long _bytesTotal;
    private long _bytesDone;
    private long _number;
    private volatile string? _failure;

    public bool HasFailures => Volatile.Read(ref _failed) > 0 || _failure is not null;

    public void Found(long bytes)
    {
        Interlocked.Increment(ref _total);
        Interlocked.Add(ref _bytesTotal, bytes);
    }

    public void Succeeded() => Interlocked.Increment(ref _succeeded);

    public void Moved(long bytes) => Interlocked.Add(ref _bytesDone, bytes);

    /// <summary>Numbers that the worker keeps itself.</summary>
    public void Set(long total, long succeeded)
    {
        Volatile.Write(ref _total, total);
        Volatile.Write(ref _succeeded, succeeded);
    }

    public void FailAll(string message) => _failure = message;

    /// <summary>Notes a file that could not be done (or, as a warning, not all of it), in the report too.</summary>
    public async Task FailedAsync(string path, string code, string message, bool warning = false)
    {
        if (!warning)
            Interlocked.Increment(ref _failed);
        await store.CommitAsync(new Batch(this).Add(new RowWrite.PutTaskFailure(new TaskFailureRow
        {
            TaskId = id,
            Number = Interlocked.Increment(ref _number),
            Path = path,
            Status = warning ? "succeeded with warning" : "failed",
            ErrorCode = code,
            Message = message,
        }))).ConfigureAwait(false);
    }

    public TaskProgress Snapshot(long nowNs) => new()
    {
        Total = Volatile.Read(ref _total),
        Succeeded = Volatile.Read(ref _succeeded),
        Failed = Volatile.Read(ref _failed),
        BytesTotal = Volatile.Read(ref _bytesTotal),
        BytesDone = Volatile.Read(ref _bytesDone),
        StartedNs = startedNs,
        UpdatedNs = nowNs,
        FailureMessage = _failure,
    };
}
