using System.Globalization;

namespace FsxFuse.Options;

/// <summary>Sizes as people write them: a number and KiB, MiB, GiB or TiB (or K, M, G, T, which mean the same here).</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>Reads a size, such as <c>800GiB</c>, <c>1.5 GiB</c> or <c>4096</c>.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int digits = 0;
        while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
            digits++;
        int shift = rest[digits..].Trim() switch
        {
            "" or "B" => 0,
            "K" or "KiB" => 10,
            "M" or "MiB" => 20,
            "G" or "GiB" => 30,
            "T" or "TiB" => 40,
            _ => -1,
        };
        if (shift < 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            return false;
        decimal exact = number * (1L << shift);
        if (exact > long.MaxValue || exact != decimal.Truncate(exact))
            return false;
        bytes = (long)exact;
        return true;
    }

    /// <summary>Writes a size for people: <c>1.5 GiB</c>, <c>512 bytes</c>.</summary>
    public static string Format(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? value : Math.Round(value, 1)):0.#} {Units[unit]}");
    }
}
