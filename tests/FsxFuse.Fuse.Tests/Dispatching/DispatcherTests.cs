using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FsxFuse.Fuse.Tests.Support;

namespace FsxFuse.Fuse.Tests.Dispatching;

public class DispatcherTests
{
    [Fact]
    public async Task A_session_negotiates_serves_and_ends()
    {
        await using FakeSession fake = await FakeSession.StartAsync(new EchoFileSystem());
        ulong get = fake.Channel.Send(Opcode.GETATTR, 5, new byte[16]);
        (int error, byte[] body) = await fake.Channel.ReplyAsync(get);
        Assert.Equal(0, error);
        Assert.Equal(5UL, MemoryMarshal.Read<AttrReply>(body).Attr.Ino);
        Assert.Equal(["GETATTR", "INIT"], fake.Session.Operations.ByName.Keys);
        Assert.Equal(1, fake.Session.Operations[Opcode.GETATTR]);
        Assert.Equal(0, fake.Session.Operations[(Opcode)9999]);
        Assert.Equal(SessionEnd.Unmounted, await fake.EndAsync(Errno.ENODEV));
        Assert.True(((EchoFileSystem)fake.FileSystem).Destroyed);
    }

    [Theory]
    [InlineData(Errno.ENODEV, SessionEnd.Unmounted)]
    [InlineData(Errno.ECONNABORTED, SessionEnd.Aborted)]
    [InlineData(Errno.EPERM, SessionEnd.Failed)]
    public async Task The_ends_are_told_apart(Errno error, SessionEnd end)
    {
        await using FakeSession fake = await FakeSession.StartAsync(new EchoFileSystem());
        Assert.Equal(end, await fake.EndAsync(error));
        Assert.Equal(end == SessionEnd.Failed, fake.Session.Failure is not null);
    }

    [Fact]
    public async Task A_kernel_that_is_too_old_fails_the_start()
    {
        using FakeChannel channel = new();
        await using FuseSession session = new(channel, null, new EchoFileSystem(), null, null);
        ulong init = channel.Send(Opcode.INIT, 0, FakeSession.Init(7, 30));
        await Assert.ThrowsAsync<NotSupportedException>(() => session.StartAsync());
        Assert.Equal((int)Errno.EPROTO, (await channel.ReplyAsync(init)).Error);
        channel.End(Errno.ENODEV);
        Assert.Equal(SessionEnd.Failed, await session.Completion);
    }

    [Fact]
    public async Task A_newer_major_version_negotiates_in_a_second_round()
    {
        using FakeChannel channel = new();
        await using FuseSession session = new(channel, null, new EchoFileSystem(), null, null);
        ulong first = channel.Send(Opcode.INIT, 0, FakeSession.Init(8, 1));
        channel.Send(Opcode.INIT, 0, FakeSession.Init(7, 45));
        Assert.Equal(45u, (await session.StartAsync()).Protocol.Minor);
        Assert.Equal(7u, BinaryPrimitives.ReadUInt32LittleEndian((await channel.ReplyAsync(first)).Body));
        channel.End(Errno.ENODEV);
        await session.Completion;
    }

    [Fact]
    public async Task A_successor_goes_on_without_an_exchange()
    {
        NegotiatedProtocol protocol;
        await using (FakeSession first = await FakeSession.StartAsync(new EchoFileSystem()))
        {
            protocol = first.Session.Connection!.Protocol;
        }

        using FakeChannel channel = new();
        await using FuseSession session = new(channel, null, new EchoFileSystem(), new ConnectionOptions { Resume = protocol }, null);
        Assert.Equal(protocol, (await session.StartAsync()).Protocol);

        // What the first process had read comes again, with bit 63 set, which the reply must echo.
        const ulong Resent = (1UL << 63) | 4;
        channel.SendAgain(Resent, Opcode.GETATTR, 5, new byte[16]);
        Assert.Equal(0, (await channel.ReplyAsync(Resent)).Error);
        channel.End(Errno.ENODEV);
        await session.Completion;
    }

    [Fact]
    public async Task A_device_that_ends_before_the_exchange_fails_the_start()
    {
        using FakeChannel channel = new();
        await using FuseSession session = new(channel, null, new EchoFileSystem(), null, null);
        channel.End(Errno.ENODEV);
        FuseException exception = await Assert.ThrowsAsync<FuseException>(() => session.StartAsync());
        Assert.Equal(Errno.ENODEV, exception.Error);
    }

    [Fact]
    public async Task What_has_no_handler_or_too_few_bytes_is_refused()
    {
        await using FakeSession fake = await FakeSession.StartAsync(new EchoFileSystem());
        Assert.Equal((int)Errno.ENOSYS, (await fake.Channel.ReplyAsync(fake.Channel.Send((Opcode)4711, 1, []))).Error);
        Assert.Equal((int)Errno.ENOSYS, (await fake.Channel.ReplyAsync(fake.Channel.Send(Opcode.SYNCFS, 1, new byte[8]))).Error);
        Assert.Equal((int)Errno.ENOSYS, (await fake.Channel.ReplyAsync(fake.Channel.Send(Opcode.LINK, 1, new byte[20]))).Error);
        Assert.Equal((int)Errno.EIO, (await fake.Channel.ReplyAsync(fake.Channel.Send(Opcode.GETATTR, 1, new byte[15]))).Error);
    }

    [Fact]
    public async Task Names_and_values_are_found_in_both_forms_of_the_request()
    {
        EchoFileSystem fileSystem = new();
        await using FakeSession fake = await FakeSession.StartAsync(fileSystem);
        await fake.Channel.ReplyAsync(fake.Channel.Send(Opcode.RENAME2, 1, [9, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, .. "from\0to\0"u8]));
        await fake.Channel.ReplyAsync(fake.Channel.Send(Opcode.RENAME, 1, [9, 0, 0, 0, 0, 0, 0, 0, .. "from\0to\0"u8]));
        await fake.Channel.ReplyAsync(fake.Channel.Send(Opcode.SETXATTR, 1, [3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. "user.a\0xyz"u8]));
        Assert.Equal(["from>9/to Exchange", "from>9/to None", "user.a=xyz Create True"], fileSystem.Seen);

        fileSystem.Seen.Clear();
        await using FakeSession old = await FakeSession.StartAsync(fileSystem, 31, 0);
        await old.Channel.ReplyAsync(old.Channel.Send(Opcode.SETXATTR, 1, [3, 0, 0, 0, 2, 0, 0, 0, .. "user.a\0xyz"u8]));
        Assert.Equal(["user.a=xyz Replace False"], fileSystem.Seen);
    }

    [Fact]
    public async Task Forgets_arrive_one_by_one_and_have_no_reply()
    {
        EchoFileSystem fileSystem = new();
        await using FakeSession fake = await FakeSession.StartAsync(fileSystem);
        int before = fake.Channel.ReplyCount;
        fake.Channel.Send(Opcode.FORGET, 5, [1, 0, 0, 0, 0, 0, 0, 0]);
        fake.Channel.Send(Opcode.BATCH_FORGET, 0, MemoryMarshal.AsBytes<ulong>([2, 6, 3, 7, 4]));
        await Eventually.TrueAsync(() => fileSystem.Seen.Count == 3, "three forgets");
        Assert.Equal(["-5x1", "-6x3", "-7x4"], fileSystem.Seen);
        Assert.Equal(before, fake.Channel.ReplyCount);
        await Eventually.TrueAsync(() => fake.Session.InFlight == 0, "nothing in flight");
    }

    [Fact]
    public async Task An_interrupt_marks_its_request_and_is_refused_for_any_other()
    {
        EchoFileSystem fileSystem = new();
        await using FakeSession fake = await FakeSession.StartAsync(fileSystem);
        using StoppedProcess caller = new();
        ulong open = fake.Channel.Send(Opcode.OPEN, 1, new byte[8], caller.Id);
        await Eventually.TrueAsync(() => fileSystem.Held is not null, "a pending open");
        OpenRequest held = fileSystem.Held!.Value;
        Assert.False(held.Interrupted);

        ulong harmless = fake.Channel.Send(Opcode.INTERRUPT, 0, BitConverter.GetBytes(open));
        Assert.Equal((int)Errno.EAGAIN, (await fake.Channel.ReplyAsync(harmless)).Error);
        Assert.False(held.Interrupted);
        caller.Send("TERM");

        ulong stranger = fake.Channel.Send(Opcode.INTERRUPT, 0, BitConverter.GetBytes(open + 100));
        Assert.Equal((int)Errno.EAGAIN, (await fake.Channel.ReplyAsync(stranger)).Error);
        Assert.False(held.Interrupted);

        CancellationToken token = held.InterruptToken;
        ulong interrupt = fake.Channel.Send(Opcode.INTERRUPT, 0, BitConverter.GetBytes(open));
        await Eventually.TrueAsync(() => held.Interrupted && token.IsCancellationRequested, "interrupted");
        Assert.True(held.InterruptToken.IsCancellationRequested);
        Assert.False(fake.Channel.Replies.ContainsKey(interrupt));
        Assert.True(held.Fail(Errno.EINTR));

        // Too late: the answer is out.
        ulong late = fake.Channel.Send(Opcode.INTERRUPT, 0, BitConverter.GetBytes(open));
        Assert.Equal((int)Errno.EAGAIN, (await fake.Channel.ReplyAsync(late)).Error);
        Assert.False(held.Reply(1));
    }

    [Fact]
    public async Task A_reply_the_kernel_does_not_want_is_reported()
    {
        EchoFileSystem fileSystem = new();
        await using FakeSession fake = await FakeSession.StartAsync(fileSystem);
        fake.Channel.Send(Opcode.OPEN, 1, new byte[8]);
        await Eventually.TrueAsync(() => fileSystem.Held is not null, "a pending open");
        fake.Channel.Refusal = Errno.ENOENT;
        Assert.False(fileSystem.Held!.Value.Reply(1));
        Assert.Equal(0, fake.Session.InFlight);
        fake.Channel.Refusal = Errno.None;
    }

    [Fact]
    public async Task A_request_is_answered_once_and_its_contents_end_with_it()
    {
        EchoFileSystem fileSystem = new();
        await using FakeSession fake = await FakeSession.StartAsync(fileSystem);
        ulong open = fake.Channel.Send(Opcode.OPEN, 1, new byte[8]);
        await Eventually.TrueAsync(() => fileSystem.Held is not null, "a pending open");
        OpenRequest held = fileSystem.Held!.Value;
        Assert.Equal((11u, 22u, 33u, 1UL, open), (held.Uid, held.Gid, held.Pid, held.NodeId, held.Unique));
        Assert.True(held.Reply(1));
        Assert.Throws<InvalidOperationException>(() => held.Flags);
        Assert.Throws<InvalidOperationException>(() => held.NodeId);
#if DEBUG
        Assert.ThrowsAny<Exception>(() => held.Reply(2));
#else
        Assert.False(held.Reply(2));
#endif

        // The buffer serves another request, which a stale copy cannot answer.
        ulong next = fake.Channel.Send(Opcode.GETATTR, 6, new byte[16]);
        Assert.Equal(0, (await fake.Channel.ReplyAsync(next)).Error);
    }

    [Fact]
    public async Task A_supplementary_group_is_found_in_the_extension()
    {
        EchoFileSystem fileSystem = new();
        using FakeChannel channel = new();
        RequestPool pool = new(channel, 128 << 10, 1, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        using Notifier notifier = new(channel, 1, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Dispatcher dispatcher = new(channel, fileSystem, new ConnectionOptions(), pool, notifier, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Process(FakeChannel.Request(2, Opcode.MKDIR, 1, [.. new byte[8], .. "dir\0"u8, 16, 0, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 77, 0, 0, 0], 2));
        Process(FakeChannel.Request(4, Opcode.MKDIR, 1, [.. new byte[8], .. "dir\0"u8]));
        Assert.Equal(["dir 77", "dir "], fileSystem.Seen);
        await Task.CompletedTask;

        unsafe void Process(byte[] message)
        {
            RequestBuffer buffer = pool.Rent();
            message.CopyTo(new Span<byte>(buffer.Input, buffer.InputCapacity));
            Assert.True(dispatcher.Process(buffer, message.Length));
            pool.Return(buffer);
        }
    }
}
