using System.Net.Sockets;
using System.Text;

namespace FsxFuse.Daemon;

/// <summary>Tells the service manager how things are (sd_notify(3)); does nothing when there is none.</summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly Socket? _socket;

    private ServiceNotifier(Socket? socket) => _socket = socket;

    /// <summary>Connects to the socket that NOTIFY_SOCKET names; a first character '@' stands for the abstract namespace (unix(7)).</summary>
    public static ServiceNotifier Connect(string? address)
    {
        if (string.IsNullOrEmpty(address) || address[0] is not ('/' or '@'))
            return new ServiceNotifier(null);
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
            return new ServiceNotifier(socket);
        }
        catch (SocketException)
        {
            // As sd_notify: whoever set the variable is gone, which is no reason not to serve.
            socket.Dispose();
            return new ServiceNotifier(null);
        }
    }

    /// <summary>READY=1: the file system can be used.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}\nMAINPID={Environment.ProcessId}");

    /// <summary>STATUS=: a line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send($"STATUS={status}");

    /// <summary>STOPPING=1: the service is about to end.</summary>
    public void Stopping(string status) => Send($"STOPPING=1\nSTATUS={status}");

    /// <summary>Asks for more time to stop or start (EXTEND_TIMEOUT_USEC), from now.</summary>
    public void ExtendTimeout(TimeSpan time) => Send($"EXTEND_TIMEOUT_USEC={(long)time.TotalMicroseconds}");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private void Send(string state)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(state));
        }
        catch (SocketException)
        {
            // A service manager that re-executes itself misses a line.
        }
    }
}
