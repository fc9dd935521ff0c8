using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FsxFuse.Control;

/// <summary>Who is at the other end of a Unix socket, as the kernel knows it (unix(7), SO_PEERCRED; struct ucred).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct PeerCredentials
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    private readonly int _pid;
    private readonly uint _uid;
    private readonly uint _gid;

    /// <summary>The process that connected.</summary>
    public int Pid => _pid;

    /// <summary>Its effective user when it connected.</summary>
    public uint Uid => _uid;

    /// <summary>Its effective group when it connected.</summary>
    public uint Gid => _gid;

    /// <summary>Asks the kernel.</summary>
    public static PeerCredentials Of(Socket socket)
    {
        Span<byte> raw = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, raw);
        return MemoryMarshal.Read<PeerCredentials>(raw);
    }
}
