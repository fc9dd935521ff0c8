namespace FsxFuse.Repository.Import;

/// <summary>The running counts of one import; counted from several threads.</summary>
internal sealed class RefreshTally(RefreshRequest request)
{
    private long _listed;
    private long _new;
    private long _changed;
    private long _deleted;
    private long _unchanged;
    private long _skipped;
    private long _unmappable;
    private long _failed;

    public RefreshCounts Counts => new(
        Volatile.Read(ref _listed), Volatile.Read(ref _new), Volatile.Read(ref _changed), Volatile.Read(ref _deleted),
        Volatile.Read(ref _unchanged), Volatile.Read(ref _skipped), Volatile.Read(ref _unmappable), Volatile.Read(ref _failed));

    public void Listed() => Interlocked.Increment(ref _listed);

    public void New(int count) => Interlocked.Add(ref _new, count);

    public void Unmappable() => Interlocked.Increment(ref _unmappable);

    public void Add(RefreshOutcome outcome)
    {
        switch (outcome)
        {
            case RefreshOutcome.New:
                Interlocked.Increment(ref _new);
                break;
            case RefreshOutcome.Changed:
                Interlocked.Increment(ref _changed);
                break;
            case RefreshOutcome.Deleted:
                Interlocked.Increment(ref _deleted);
                break;
            case RefreshOutcome.Unchanged:
                Interlocked.Increment(ref _unchanged);
                break;
            case RefreshOutcome.Skipped:
                Interlocked.Increment(ref _skipped);
                break;
        }
    }

    public void Failed(RefreshFailure failure)
    {
        if (!failure.IsWarning)
            Interlocked.Increment(ref _failed);
        request.OnFailure?.Invoke(failure);
    }

    public void Report() => request.Progress?.Report(Counts);
}
