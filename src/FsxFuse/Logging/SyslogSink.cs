using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FsxFuse.Logging;

/// <summary>Writes to the local syslog daemon (RFC 3164 as glibc's syslog(3) sends it), a message for each line.</summary>
internal sealed class SyslogSink : ILogSink
{
    /// <summary>The daemon's socket.</summary>
    public const string SocketPath = "/dev/log";

    private const int FacilityDaemon = 3 << 3;
    private const int MaxLine = 2000;

    private readonly Socket _socket;
    private readonly string _fileSystem;

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">There is no syslog.</exception>
    public SyslogSink(string fileSystem, string socketPath = SocketPath)
    {
        _fileSystem = fileSystem;
        _socket = DatagramSocket.Connect(socketPath);
    }

    /// <inheritdoc/>
    public void Write(in LogLine line)
    {
        string head = string.Create(CultureInfo.InvariantCulture,
            $"<{FacilityDaemon | line.Priority}>{line.Time.ToLocalTime():MMM d HH:mm:ss} fsxfuse[{Environment.ProcessId}]: {_fileSystem}: {line.Component}: ");
        foreach (string part in line.Text.Split('\n'))
        {
            try
            {
                _socket.Send(Encoding.UTF8.GetBytes(head + (part.Length > MaxLine ? part[..MaxLine] : part)));
            }
            catch (SocketException)
            {
                // As with syslog(3): what the daemon does not take is lost.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
