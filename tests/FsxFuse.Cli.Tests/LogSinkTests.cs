using System.Net.Sockets;
using System.Text;
using FsxFuse.Logging;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Cli.Tests;

public sealed class LogSinkTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fsxfuse-cli-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_journal_gets_fields()
    {
        using Socket journal = Bind("journal");
        using JournalSink sink = new("data", Path.Combine(_directory, "journal"));
        sink.Write(new LogLine(DateTimeOffset.UnixEpoch, LogLevel.Warning, "FsxFuse.Cache.ContentCache", "one\ntwo"));
        byte[] datagram = Receive(journal);
        byte[] expected = [.. "MESSAGE\n"u8, 7, 0, 0, 0, 0, 0, 0, 0, .. "one\ntwo\nPRIORITY=4\nSYSLOG_IDENTIFIER=fsxfuse\nFSXFUSE_FILE_SYSTEM=data\nFSXFUSE_COMPONENT=FsxFuse.Cache.ContentCache\n"u8];
        Assert.Equal(expected, datagram);
    }

    [Fact]
    public void Syslog_gets_a_message_for_each_line()
    {
        using Socket syslog = Bind("log");
        using SyslogSink sink = new("data", Path.Combine(_directory, "log"));
        sink.Write(new LogLine(DateTimeOffset.UnixEpoch, LogLevel.Error, "A.B", "one\ntwo"));
        Assert.Matches($@"^<27>Jan 1 .* fsxfuse\[{Environment.ProcessId}\]: data: B: one$", Encoding.UTF8.GetString(Receive(syslog)));
        Assert.EndsWith(": two", Encoding.UTF8.GetString(Receive(syslog)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_gets_what_is_at_or_above_the_level_and_the_level_can_change()
    {
        string path = Path.Combine(_directory, "daemon.log");
        LogLevelSwitch levels = new(LogLevel.Information);
        using (ILoggerFactory loggers = DaemonLogging.Create(TextSink.ToFile(path), levels, TimeProvider.System))
        {
            ILogger logger = loggers.CreateLogger("FsxFuse.Part"), web = loggers.CreateLogger("Microsoft.AspNetCore.X");
            logger.LogDebug("hidden");
            logger.LogInformation("shown");
            web.LogInformation("noise");
            levels.Minimum = LogLevel.Debug;
            Assert.True(logger.IsEnabled(LogLevel.Debug));
            logger.LogDebug("debugging");
            logger.LogError(new InvalidOperationException("why"), "failed");
        }
        string text = File.ReadAllText(path);
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
        Assert.DoesNotContain("noise", text, StringComparison.Ordinal);
        Assert.Contains("information Part: shown\n", text, StringComparison.Ordinal);
        Assert.Contains("debug Part: debugging\n", text, StringComparison.Ordinal);
        Assert.Contains("error Part: failed\nSystem.InvalidOperationException: why", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_sink_that_does_not_read_holds_nobody_up()
    {
        using ManualResetEventSlim open = new();
        LogLevelSwitch levels = new(LogLevel.Information);
        StuckSink sink = new(open);
        using (SinkLoggerProvider provider = new(sink, levels, TimeProvider.System))
        {
            ILogger logger = provider.CreateLogger("X");
            for (int i = 0; i < 10_000; i++)
                logger.LogInformation("line");
            open.Set();
        }
        Assert.InRange(sink.Lines.Count, 4096, 4099);
        Assert.Contains("were lost", sink.Lines[^1], StringComparison.Ordinal);
    }

    private Socket Bind(string name)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_directory, name)));
        return socket;
    }

    private static byte[] Receive(Socket socket)
    {
        byte[] buffer = new byte[4096];
        return buffer[..socket.Receive(buffer)];
    }

    private sealed class StuckSink(ManualResetEventSlim open) : ILogSink
    {
        public List<string> Lines { get; } = [];

        public void Write(in LogLine line)
        {
            open.Wait();
            Lines.Add(line.Text);
        }

        public void Dispose()
        {
        }
    }
}
