namespace FsxFuse.Logging;

/// <summary>Where log lines end. Called by one thread, in order; must not throw and may block for a while.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Writes one line.</summary>
    void Write(in LogLine line);
}
