using Microsoft.Extensions.Logging;

namespace FsxFuse.Logging;

/// <summary>The lowest level that is logged; may change at any time.</summary>
internal sealed class LogLevelSwitch(LogLevel initial)
{
    private volatile int _minimum = (int)initial;

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel Minimum
    {
        get => (LogLevel)_minimum;
        set => _minimum = (int)value;
    }

    /// <summary>The levels by the names that the command line takes.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        level = text.ToLowerInvariant() switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "information" or "info" => LogLevel.Information,
            "warning" or "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "critical" => LogLevel.Critical,
            _ => LogLevel.None,
        };
        return level != LogLevel.None;
    }

    /// <summary>The name of a level as the command line takes it.</summary>
    public static string NameOf(LogLevel level) => level.ToString().ToLowerInvariant();
}
