using System.Net.Sockets;
using System.Text;
using FsxFuse.Daemon;

namespace FsxFuse.Cli.Tests;

public sealed class ServiceNotifierTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_service_manager_hears_of_it(bool isAbstract)
    {
        string directory = Directory.CreateTempSubdirectory("fsxfuse-cli-").FullName;
        try
        {
            string path = isAbstract ? "@fsxfuse-test-" + Guid.NewGuid() : Path.Combine(directory, "notify");
            using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + path[1..] : path));
            manager.ReceiveTimeout = 5000;
            using ServiceNotifier notifier = ServiceNotifier.Connect(path);
            notifier.Status("starting");
            notifier.Ready("mounted on /mnt");
            notifier.Stopping("bye");
            Assert.Equal("STATUS=starting", Receive(manager));
            Assert.Equal($"READY=1\nSTATUS=mounted on /mnt\nMAINPID={Environment.ProcessId}", Receive(manager));
            Assert.Equal("STOPPING=1\nSTATUS=bye", Receive(manager));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/no/such/socket")]
    [InlineData("relative")]
    public void Without_a_service_manager_nothing_happens(string? address)
    {
        using ServiceNotifier notifier = ServiceNotifier.Connect(address);
        notifier.Ready("mounted");
    }

    private static string Receive(Socket socket)
    {
        byte[] buffer = new byte[1024];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
