namespace FsxFuse.Repository.Export;

/// <summary>
/// The right to work: one of the many turns for small entries, exchanged for one of the few for large files when an entry turns out to be
/// one. Used by one worker at a time.
/// </summary>
internal sealed class Turn(SemaphoreSlim small, SemaphoreSlim large, bool taken)
{
    private SemaphoreSlim? _held = taken ? small : null;

    public async ValueTask EnterAsync(CancellationToken cancel)
    {
        if (_held is not null)
            return;
        await small.WaitAsync(cancel).ConfigureAwait(false);
        _held = small;
    }

    public async ValueTask EnterLargeAsync(CancellationToken cancel)
    {
        if (_held == large)
            return;
        Leave();
        await large.WaitAsync(cancel).ConfigureAwait(false);
        _held = large;
    }

    public void Leave()
    {
        _held?.Release();
        _held = null;
    }
}
