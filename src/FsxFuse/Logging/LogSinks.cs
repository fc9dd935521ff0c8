using System.Net.Sockets;

namespace FsxFuse.Logging;

/// <summary>Chooses where a process logs.</summary>
internal static class LogSinks
{
    /// <summary>A daemon's: the journal, else syslog, else a file.</summary>
    public static ILogSink ForDaemon(string fileSystem, string fallbackPath)
    {
        try
        {
            if (File.Exists(JournalSink.SocketPath))
                return new JournalSink(fileSystem);
        }
        catch (SocketException)
        {
            // A socket without a journal behind it.
        }
        try
        {
            if (File.Exists(SyslogSink.SocketPath))
                return new SyslogSink(fileSystem);
        }
        catch (SocketException)
        {
            // The same of syslog.
        }
        return TextSink.ToFile(fallbackPath);
    }
}
