using System.Globalization;
using System.Text;

namespace FsxFuse.Model;

/// <summary>A line of a script: the lane, the kind, and <c>key=value</c> for what is not its default.</summary>
internal static class OperationText
{
    internal static string Format(Operation operation)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{operation.Lane} {operation.Kind}");
        Add("path", Escape(operation.Path));
        Add("to", Escape(operation.To));
        AddNumber("handle", operation.Handle);
        AddNumber("tohandle", operation.ToHandle);
        if (operation.Flags != 0)
            text.Append(CultureInfo.InvariantCulture, $" flags=0x{operation.Flags:x}");
        AddNumber("mode", operation.Mode);
        AddNumber("offset", operation.Offset);
        AddNumber("length", operation.Length);
        AddNumber("tooffset", operation.ToOffset);
        AddNumber("seed", operation.Seed);
        Add("name", Escape(operation.Name));
        Add("as", operation.AsUser ? "user" : "");
        return text.ToString();

        void Add(string key, string value)
        {
            if (value.Length > 0)
                text.Append(' ').Append(key).Append('=').Append(value);
        }

        void AddNumber(string key, long value)
        {
            if (value != 0)
                text.Append(CultureInfo.InvariantCulture, $" {key}={value}");
        }
    }

    /// <summary>The opposite of <see cref="Format"/>.</summary>
    /// <exception cref="FormatException">The line is no operation.</exception>
    internal static Operation Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !Enum.TryParse(words[1], out OperationKind kind))
            throw new FormatException($"not an operation: {line}");
        Operation operation = new(kind) { Lane = (int)Number(words[0]) };
        foreach (string word in words[2..])
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string value = word[(equals + 1)..];
            operation = word[..Math.Max(equals, 0)] switch
            {
                "path" => operation with { Path = Uri.UnescapeDataString(value) },
                "to" => operation with { To = Uri.UnescapeDataString(value) },
                "handle" => operation with { Handle = (int)Number(value) },
                "tohandle" => operation with { ToHandle = (int)Number(value) },
                "flags" => operation with { Flags = (int)Number(value) },
                "mode" => operation with { Mode = (int)Number(value) },
                "offset" => operation with { Offset = Number(value) },
                "length" => operation with { Length = Number(value) },
                "tooffset" => operation with { ToOffset = Number(value) },
                "seed" => operation with { Seed = (int)Number(value) },
                "name" => operation with { Name = Uri.UnescapeDataString(value) },
                "as" => operation with { AsUser = true },
                _ => throw new FormatException($"unknown word '{word}': {line}"),
            };
        }

        return operation;
    }

    /// <summary>The operations of a script; empty lines and lines that start with # are left out.</summary>
    internal static List<Operation> Read(string file) =>
        [.. File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal);

    private static long Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
            ? long.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : long.Parse(text, CultureInfo.InvariantCulture);
}
