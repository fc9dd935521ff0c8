using Microsoft.Extensions.Logging;

namespace FsxFuse.Logging;

/// <summary>Makes the loggers of a daemon.</summary>
internal static class DaemonLogging
{
    /// <summary>A factory that writes to a sink; disposing it writes what is queued and closes the sink.</summary>
    public static ILoggerFactory Create(ILogSink sink, LogLevelSwitch levels, TimeProvider time)
    {
        // The switch decides, at any time; the factory lets everything pass. A provider given to the builder would never be disposed.
        ILoggerFactory factory = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace));
        factory.AddProvider(new SinkLoggerProvider(sink, levels, time));
        return factory;
    }
}
