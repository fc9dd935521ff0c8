using Microsoft.Extensions.Logging;

namespace FsxFuse.Logging;

/// <summary>One message.</summary>
/// <param name="Time">When.</param>
/// <param name="Level">How bad.</param>
/// <param name="Category">The component, a full type name.</param>
/// <param name="Text">The message; an exception's text follows on lines of its own.</param>
internal readonly record struct LogLine(DateTimeOffset Time, LogLevel Level, string Category, string Text)
{
    /// <summary>The severity of syslog(3).</summary>
    public int Priority => Level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    /// <summary>The type's own name.</summary>
    public string Component => Category[(Category.LastIndexOf('.') + 1)..];
}
