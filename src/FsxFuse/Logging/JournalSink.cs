using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FsxFuse.Logging;

/// <summary>Writes to systemd's journal in its own protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL), so that level and component are fields.</summary>
internal sealed class JournalSink : ILogSink
{
    /// <summary>The journal's socket.</summary>
    public const string SocketPath = "/run/systemd/journal/socket";

    // A datagram beyond the socket's send buffer would need a memfd; a log line has no use for that.
    private const int MaxText = 32 << 10;

    private readonly Socket _socket;
    private readonly ArrayBufferWriter<byte> _datagram = new(1024);
    private readonly string _fileSystem;

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">There is no journal.</exception>
    public JournalSink(string fileSystem, string socketPath = SocketPath)
    {
        _fileSystem = fileSystem;
        _socket = DatagramSocket.Connect(socketPath);
    }

    /// <inheritdoc/>
    public void Write(in LogLine line)
    {
        _datagram.ResetWrittenCount();
        Field("MESSAGE", line.Text.Length > MaxText ? line.Text[..MaxText] : line.Text);
        Field("PRIORITY", line.Priority.ToString(CultureInfo.InvariantCulture));
        Field("SYSLOG_IDENTIFIER", "fsxfuse");
        Field("FSXFUSE_FILE_SYSTEM", _fileSystem);
        Field("FSXFUSE_COMPONENT", line.Category);
        try
        {
            _socket.Send(_datagram.WrittenSpan);
        }
        catch (SocketException)
        {
            // The journal restarts now and then; what comes in between is lost, as for everybody.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Field(string name, string value)
    {
        Encoding.ASCII.GetBytes(name, _datagram);
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        if (bytes.AsSpan().Contains((byte)'\n'))
        {
            // A value with newlines: name, newline, length as little-endian 64 bits, value, newline.
            _datagram.Write("\n"u8);
            BinaryPrimitives.WriteUInt64LittleEndian(_datagram.GetSpan(8), (ulong)bytes.Length);
            _datagram.Advance(8);
        }
        else
        {
            _datagram.Write("="u8);
        }
        _datagram.Write(bytes);
        _datagram.Write("\n"u8);
    }
}
