using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Logging;

/// <summary>
/// Hands log lines to a sink on a thread of its own: a journal that does not read must not hold up a request. When the sink is 4,096
/// lines behind, further lines are counted instead of kept.
/// </summary>
internal sealed class SinkLoggerProvider : ILoggerProvider
{
    private const int Capacity = 4096;
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, SinkLogger> _loggers = new(StringComparer.Ordinal);
    private readonly Channel<LogLine> _lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly Thread _writer;
    private readonly ILogSink _sink;
    private readonly LogLevelSwitch _levels;
    private readonly TimeProvider _time;
    private long _lost;

    public SinkLoggerProvider(ILogSink sink, LogLevelSwitch levels, TimeProvider time)
    {
        (_sink, _levels, _time) = (sink, levels, time);
        _writer = new Thread(Write) { Name = "log", IsBackground = true };
        _writer.Start();
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, static (name, owner) => new SinkLogger(owner, name), this);

    /// <summary>Writes what is queued, for at most two seconds.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        if (_writer.Join(DrainPatience))
            _sink.Dispose();
    }

    private bool IsEnabled(LogLevel level, string category) =>
        level >= _levels.Minimum && level != LogLevel.None
        // The web server tells of every connection at Information and of much more below: only what is wrong with it is of interest.
        && (level >= LogLevel.Warning || !category.StartsWith("Microsoft.", StringComparison.Ordinal));

    private void Add(LogLevel level, string category, string text)
    {
        if (!_lines.Writer.TryWrite(new LogLine(_time.GetUtcNow(), level, category, text)))
            Interlocked.Increment(ref _lost);
    }

    private void Write()
    {
        ChannelReader<LogLine> reader = _lines.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (reader.TryRead(out LogLine line))
                _sink.Write(line);
            long lost = Interlocked.Exchange(ref _lost, 0);
            if (lost > 0)
                _sink.Write(new LogLine(_time.GetUtcNow(), LogLevel.Warning, "Log", $"{lost} log messages were lost: they came faster than they could be written"));
        }
    }

    private sealed class SinkLogger(SinkLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => owner.IsEnabled(logLevel, category);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            string text = formatter(state, exception);
            owner.Add(logLevel, category, exception is null ? text : $"{text}\n{exception}");
        }
    }
}
