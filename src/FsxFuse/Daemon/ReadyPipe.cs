using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Daemon;

/// <summary>The starting daemon's side of the pipe to the process that started it: lines of JSON, the last of which says how it went.</summary>
internal sealed class ReadyPipe : IDisposable
{
    /// <summary>The variable that names the descriptor.</summary>
    public const string Variable = "FSXFUSE_READY_FD";

    private FileStream? _stream;

    private ReadyPipe(FileStream? stream) => _stream = stream;

    /// <summary>Opens the pipe that the environment names, and takes the variable away from children; nothing when this process was started by hand.</summary>
    public static ReadyPipe FromEnvironment()
    {
        string? text = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, null);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int fd)
            ? new ReadyPipe(new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Write, bufferSize: 0))
            : new ReadyPipe(null);
    }

    /// <summary>Whether somebody waits.</summary>
    public bool IsAwaited => _stream is not null;

    /// <summary>Says that the start goes on, so that whoever waits does not give up.</summary>
    public void SendProgress() => Write(new ReadyMessage());

    /// <summary>Says how it went and closes the pipe.</summary>
    public void Send(ReadyMessage message)
    {
        Write(message);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private void Write(ReadyMessage message)
    {
        try
        {
            _stream?.Write([.. JsonSerializer.SerializeToUtf8Bytes(message, ReadyJson.Default.ReadyMessage), (byte)'\n']);
        }
        catch (IOException)
        {
            // Nobody waits any more.
        }
    }
}
