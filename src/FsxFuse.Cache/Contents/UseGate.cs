namespace FsxFuse.Cache;

/// <summary>
/// Counts short uses of a content file (a pread, a pwrite) so that an exclusive step (release, rest) can wait until none is under
/// way and hold off new ones. Entering is one interlocked operation. A user never waits for anything while inside, so closing
/// never takes long. Only one closer at a time (the content's gate sees to that).
/// </summary>
internal sealed class UseGate
{
    private const int Closed = 1 << 30;

    private int _state;
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _opened;

    /// <summary>Enters; false while closed.</summary>
    internal bool TryEnter()
    {
        if ((Interlocked.Increment(ref _state) & Closed) == 0)
            return true;
        Exit();
        return false;
    }

    internal void Exit()
    {
        if (Interlocked.Decrement(ref _state) == Closed)
            Volatile.Read(ref _drained)?.TrySetResult();
    }

    /// <summary>Completes when the gate may be open again: try to enter then.</summary>
    internal Task WhenOpen(CancellationToken cancel)
    {
        TaskCompletionSource? opened = Volatile.Read(ref _opened);
        return opened is null || (Volatile.Read(ref _state) & Closed) == 0 ? Task.CompletedTask : opened.Task.WaitAsync(cancel);
    }

    /// <summary>Keeps new users out and waits for those inside.</summary>
    internal ValueTask CloseAsync()
    {
        Volatile.Write(ref _opened, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _drained, drained);
        if (Interlocked.Add(ref _state, Closed) == Closed)
            return ValueTask.CompletedTask;
        return new ValueTask(drained.Task);
    }

    internal void Reopen()
    {
        Volatile.Write(ref _drained, null);
        Interlocked.Add(ref _state, -Closed);
        Volatile.Read(ref _opened)?.TrySetResult();
    }
}
