using FsxFuse.Metadata;

namespace FsxFuse.Repository.Hsm;

/// <summary>A request that has not ended. Worked on by one worker at a time.</summary>
internal sealed class HsmRequest : IDisposable
{
    private readonly CancellationTokenSource _cancel;
    private long _bytesMoved;

    public HsmRequest(HsmRequestRow row, CancellationToken stop)
    {
        Row = row;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Ended = _cancel.Token;
    }

    public HsmRequestRow Row { get; set; }

    /// <summary>Fires when it has ended or was cancelled, or everything stops.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Completes when there is something to tell: it ended, or waits for more than its turn.</summary>
    public TaskCompletionSource Word { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public volatile bool IsRunning;

    public int Tries { get; set; }

    /// <summary>How often S3 was asked whether it has restored the object.</summary>
    public int Polls { get; set; }

    public long BytesMoved
    {
        get => Volatile.Read(ref _bytesMoved);
        set => Volatile.Write(ref _bytesMoved, value);
    }

    /// <summary>It has ended, or is cancelled: whatever is at work for it stops.</summary>
    public void End()
    {
        Word.TrySetResult();
        _cancel.Cancel();
        _cancel.Dispose();
    }

    public void Dispose() => _cancel.Dispose();
}
