using System.Buffers;
using System.Text;
using Mono.Unix;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>
/// File names as the kernel sees them. A byte that is no UTF-8 is written and read back as U+0000 followed by the byte,
/// Mono.Unix's own escape, so that one string works with Mono.Posix and with libc.
/// </summary>
internal static class Name
{
    internal static byte[] Bytes(string path) => path.Length == 0 ? [0] : [.. UnixEncoding.Instance.GetBytes(path), 0];

    /// <summary>The text of a name; unlike Mono.Unix's own decoder it keeps every malformed sequence, so that the bytes come back.</summary>
    internal static string Text(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder();
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out var rune, out int length) == OperationStatus.Done)
                text.Append(rune);
            else
                Escape(text, name[0], out length);
            name = name[length..];
        }
        return text.ToString();
    }

    private static void Escape(StringBuilder text, byte malformed, out int length)
    {
        text.Append('\0').Append((char)malformed);
        length = 1;
    }

    /// <summary>A name of raw bytes.</summary>
    internal static string Raw(params ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte b in bytes)
        {
            if (b >= 0x80)
                text.Append('\0');
            text.Append((char)b);
        }
        return text.ToString();
    }

    /// <summary>A path short enough for a message.</summary>
    internal static string Shown(string path)
    {
        string text = path.Replace("\0", "\\x", StringComparison.Ordinal);
        return text.Length <= 60 ? text : $"{text[..24]}…({text.Length})…{text[^16..]}";
    }
}
