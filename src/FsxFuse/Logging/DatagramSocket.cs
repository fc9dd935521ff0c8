using System.Net.Sockets;

namespace FsxFuse.Logging;

/// <summary>How a log sink reaches its daemon: datagrams to a Unix socket.</summary>
internal static class DatagramSocket
{
    /// <summary>Connects; the caller disposes.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static Socket Connect(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
