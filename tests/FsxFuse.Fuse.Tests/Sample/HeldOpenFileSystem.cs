using System.Collections.Concurrent;

namespace FsxFuse.Fuse.Tests.Sample;

/// <summary>Keeps every OPEN pending until a test answers it.</summary>
internal sealed class HeldOpenFileSystem : MemoryFileSystem
{
    public ConcurrentQueue<OpenRequest> Held { get; } = new();

    public bool AnswerInterrupts { get; init; }

    public int Interrupts { get; private set; }

    public override void Open(OpenRequest request)
    {
        if (AnswerInterrupts)
        {
            request.InterruptToken.Register(() =>
            {
                Assert.True(request.Interrupted);
                Interrupts++;
                request.Fail(Errno.EINTR);
            });
        }

        Held.Enqueue(request);
    }
}
