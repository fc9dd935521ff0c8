using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace FsxFuse.Options;

/// <summary>
/// Mount options as they were given: name → value in its normal form (sizes in bytes, switches <c>on</c> or <c>off</c>, flags empty).
/// Of an option given twice the last one counts. Immutable.
/// </summary>
internal sealed class OptionSet : IEnumerable<KeyValuePair<string, string>>
{
    private readonly SortedDictionary<string, string> _values;

    private OptionSet(SortedDictionary<string, string> values) => _values = values;

    /// <summary>No options.</summary>
    public static OptionSet None { get; } = new(new(StringComparer.Ordinal));

    /// <summary>Reads <c>-o</c> texts: comma-separated, a value with commas in double quotes.</summary>
    /// <param name="texts">One for each <c>-o</c>.</param>
    /// <param name="tolerateUnknown">Leave unknown options out (mount(8)'s <c>-s</c>).</param>
    /// <exception cref="UsageException">An option is unknown or its value wrong.</exception>
    public static OptionSet Parse(IEnumerable<string> texts, bool tolerateUnknown = false)
    {
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string item in texts.SelectMany(Split))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? item : item[..equals];
            string? value = equals < 0 ? null : item[(equals + 1)..];
            try
            {
                MountOption row = MountOptionTable.Find(name);
                if (row.Scope == OptionScope.Foreign)
                    continue;
                string normal = OptionValue.Normalise(row, value);
                if (row.Negates is string negated)
                    values.Remove(negated);
                else if (name == "no_auto_export")
                    values["auto_export"] = "off";
                else
                    values[name] = normal;
            }
            catch (UsageException) when (tolerateUnknown)
            {
                // mount(8): "-s  Tolerate sloppy mount options rather than failing."
            }
        }
        return new OptionSet(values);
    }

    /// <summary>Takes values that were normalised before (from a stored configuration); names this version does not know are left out.</summary>
    public static OptionSet FromStored(IEnumerable<KeyValuePair<string, string>> stored)
    {
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach ((string name, string value) in stored)
        {
            if (MountOptionTable.Rows.Any(row => row.Name == name))
                values[name] = value;
        }
        return new OptionSet(values);
    }

    /// <summary>These options, overridden by <paramref name="later"/>.</summary>
    public OptionSet With(OptionSet later)
    {
        SortedDictionary<string, string> values = new(_values, StringComparer.Ordinal);
        foreach ((string name, string value) in later)
            values[name] = value;
        return new OptionSet(values);
    }

    /// <summary>Those that are remembered with a file system.</summary>
    public OptionSet Remembered() => Where(scope => scope is OptionScope.Changeable or OptionScope.Fixed);

    /// <summary>Whether the option was given, and its value.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value) => _values.TryGetValue(name, out value);

    /// <summary>Whether a flag was given.</summary>
    public bool Has(string flag) => _values.ContainsKey(flag);

    /// <summary>The text of an option, or null.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A switch, or null when it was not given.</summary>
    public bool? Switch(string name) => _values.TryGetValue(name, out string? value) ? value == "on" : null;

    /// <summary>A number or size, or null.</summary>
    public long? Number(string name) => _values.TryGetValue(name, out string? value) ? long.Parse(value, CultureInfo.InvariantCulture) : null;

    /// <summary>Permission bits, or null.</summary>
    public uint? Mode(string name) => _values.TryGetValue(name, out string? value) ? Convert.ToUInt32(value, 8) : null;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The options as <c>-o</c> takes them.</summary>
    public override string ToString() => string.Join(',', _values.Select(pair =>
        pair.Value.Length == 0 ? pair.Key : pair.Value.Contains(',', StringComparison.Ordinal) ? $"{pair.Key}=\"{pair.Value}\"" : $"{pair.Key}={pair.Value}"));

    private OptionSet Where(Func<OptionScope, bool> wanted)
    {
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach ((string name, string value) in _values)
        {
            if (wanted(MountOptionTable.Find(name).Scope))
                values[name] = value;
        }
        return new OptionSet(values);
    }

    private static IEnumerable<string> Split(string text)
    {
        StringBuilder item = new();
        bool quoted = false;
        foreach (char c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                if (item.Length > 0)
                    yield return item.ToString();
                item.Clear();
            }
            else
            {
                item.Append(c);
            }
        }
        if (quoted)
            throw new UsageException($"the mount options '{text}' have a quotation mark without its counterpart");
        if (item.Length > 0)
            yield return item.ToString();
    }
}
