using System.Globalization;

namespace FsxFuse.Logging;

/// <summary>Writes lines for people: to a terminal, or to a file that is started anew when it has grown to 16 MiB (one old one is kept).</summary>
internal sealed class TextSink : ILogSink
{
    private const long MaxBytes = 16 << 20;

    private readonly string? _path;
    private TextWriter _writer;
    private long _written;

    private TextSink(TextWriter writer, string? path) => (_writer, _path) = (writer, path);

    /// <summary>Lines to standard error.</summary>
    public static TextSink ToStandardError() => new(Console.Error, null);

    /// <summary>Lines to a file, after what it holds.</summary>
    public static TextSink ToFile(string path)
    {
        StreamWriter writer = Open(path);
        return new TextSink(writer, path) { _written = writer.BaseStream.Length };
    }

    /// <inheritdoc/>
    public void Write(in LogLine line)
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{line.Time:yyyy-MM-ddTHH:mm:ss.fffZ} {LogLevelSwitch.NameOf(line.Level)} {line.Component}: {line.Text}\n");
        try
        {
            if (_path is not null && _written + text.Length > MaxBytes)
                StartAnew(_path);
            _writer.Write(text);
            _writer.Flush();
            _written += text.Length;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A full disk or a closed terminal: there is nowhere left to say so.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_path is not null)
            _writer.Dispose();
    }

    private void StartAnew(string path)
    {
        _writer.Dispose();
        File.Move(path, path + ".1", overwrite: true);
        _writer = Open(path);
        _written = 0;
    }

    private static StreamWriter Open(string path) => new(new FileStream(path, new FileStreamOptions
    {
        Mode = FileMode.Append,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    }));
}
