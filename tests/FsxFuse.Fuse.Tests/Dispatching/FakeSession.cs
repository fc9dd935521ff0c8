using System.Runtime.InteropServices;
using FsxFuse.Fuse.Tests.Support;

namespace FsxFuse.Fuse.Tests.Dispatching;

/// <summary>A session with a <see cref="FakeChannel"/> for a kernel.</summary>
internal sealed class FakeSession : IAsyncDisposable
{
    private FakeSession(FakeChannel channel, FuseFileSystem fileSystem, FuseSession session)
    {
        Channel = channel;
        FileSystem = fileSystem;
        Session = session;
    }

    public FakeChannel Channel { get; }

    public FuseFileSystem FileSystem { get; }

    public FuseSession Session { get; }

    public static byte[] Init(uint major, uint minor, ulong flags = 0x7fd73fffffb)
    {
        byte[] arguments = new byte[64];
        MemoryMarshal.AsBytes<uint>([major, minor, 131072, (uint)flags, (uint)(flags >> 32)]).CopyTo(arguments);
        return arguments;
    }

    public static async Task<FakeSession> StartAsync(FuseFileSystem fileSystem, uint minor = 45, ulong flags = 0x7fd73fffffb)
    {
        FakeChannel channel = new();
        FuseSession session = new(channel, null, fileSystem, new ConnectionOptions { DrainTimeout = TimeSpan.FromSeconds(5) }, null);
        channel.Send(Opcode.INIT, 0, Init(7, minor, flags));
        await session.StartAsync().WaitAsync(TimeSpan.FromSeconds(10));
        return new FakeSession(channel, fileSystem, session);
    }

    public Task<SessionEnd> EndAsync(Errno error)
    {
        Channel.End(error);
        return Session.Completion.WaitAsync(TimeSpan.FromSeconds(10));
    }

    public async ValueTask DisposeAsync()
    {
        if (!Session.Completion.IsCompleted)
        {
            await EndAsync(Errno.ENODEV);
        }

        await Session.DisposeAsync();
        Channel.Dispose();
    }
}
