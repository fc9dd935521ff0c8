using FsxFuse.Fuse.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Fuse.Tests.Dispatching;

public class AllocationTests
{
    public static TheoryData<string, byte[]> Requests => new()
    {
        { nameof(Opcode.GETATTR), FakeChannel.Request(2, Opcode.GETATTR, 1, new byte[16]) },
        { nameof(Opcode.LOOKUP), FakeChannel.Request(2, Opcode.LOOKUP, 1, "some-name\0"u8) },
        { nameof(Opcode.READ), FakeChannel.Request(2, Opcode.READ, 1, [.. new byte[16], 0, 16, 0, 0, .. new byte[20]]) },
        { nameof(Opcode.WRITE), FakeChannel.Request(2, Opcode.WRITE, 1, [.. new byte[16], 8, 0, 0, 0, .. new byte[28]]) },
        { nameof(Opcode.READDIR), FakeChannel.Request(2, Opcode.READDIR, 1, [.. new byte[16], 0, 16, 0, 0, .. new byte[20]]) },
        { nameof(Opcode.UNLINK), FakeChannel.Request(2, Opcode.UNLINK, 1, "refused\0"u8) },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public unsafe void A_request_answered_at_once_allocates_nothing(string operation, byte[] message)
    {
        Assert.NotEmpty(operation);
        using FakeChannel channel = new() { Forgetful = true };
        RequestPool pool = new(channel, 128 << 10, 1, NullLogger.Instance);
        using Notifier notifier = new(channel, 1, NullLogger.Instance);
        Dispatcher dispatcher = new(channel, new EchoFileSystem(), new ConnectionOptions(), pool, notifier, NullLogger.Instance);
        RequestBuffer buffer = pool.Rent();
        for (int i = 0; i < 100; i++)
        {
            Serve();
        }

        // What a request allocates, every round shows. What the runtime allocates on this thread once (methods compiled anew when they turn
        // out to be hot, types loaded for that), it does not allocate in each.
        long[] rounds = new long[10];
        for (int round = 0; round < rounds.Length; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 2_000; i++)
            {
                Serve();
            }

            rounds[round] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Contains(0, rounds);
        pool.Return(buffer);
        pool.Close();

        void Serve()
        {
            message.AsSpan().CopyTo(new Span<byte>(buffer.Input, buffer.InputCapacity));
            if (!dispatcher.Process(buffer, message.Length))
            {
                throw new InvalidOperationException("not answered");
            }
        }
    }
}
