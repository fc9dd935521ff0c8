using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FsxFuse.Commands;
using Spectre.Console;

namespace FsxFuse.Terminal;

/// <summary>What commands print: for people by default, JSON when asked for. Results go to standard output, all else to standard error.</summary>
internal sealed class Output(TextWriter results, TextWriter messages, bool json, string program = CommandLine.Program)
{
    /// <summary>Whether results are printed as JSON.</summary>
    public bool Json => json;

    /// <summary>Whether somebody watches the results on a terminal.</summary>
    public bool IsInteractive => !json && !Console.IsOutputRedirected && ReferenceEquals(results, Console.Out) && AnsiConsole.Profile.Capabilities.Interactive;

    /// <summary>Prints a result: the document as JSON, or lines for people.</summary>
    public void Result<T>(T document, JsonTypeInfo<T> type, Action<T> forPeople)
    {
        if (json)
            results.WriteLine(JsonSerializer.Serialize(document, type));
        else
            forPeople(document);
    }

    /// <summary>A line of the result, for people only.</summary>
    public void Line(string text)
    {
        if (!json)
            results.WriteLine(text);
    }

    /// <summary>Something the user should know although it is not the result.</summary>
    public void Notice(string text) => messages.WriteLine($"{program}: {text}");

    /// <summary>Rows under a heading, in columns as wide as their widest cell.</summary>
    public void Columns(IReadOnlyList<string> heading, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. heading.Select((title, i) => rows.Select(row => row[i].Length).Append(title.Length).Max())];
        foreach (IReadOnlyList<string> row in rows.Prepend(heading))
            results.WriteLine(string.Join("  ", row.Select((cell, i) => i == row.Count - 1 ? cell : cell.PadRight(widths[i]))).TrimEnd());
    }
}
