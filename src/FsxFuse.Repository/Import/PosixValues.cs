using System.Globalization;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>The forms in which tools write modes, ids and times in user metadata. Null for whatever is not understood.</summary>
internal static class PosixValues
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>An octal st_mode, with or without a leading 0 and with or without type bits.</summary>
    public static uint? OctalMode(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        uint mode = 0;
        foreach (char c in text.AsSpan().Trim())
        {
            if (c is < '0' or > '7' || mode > 0xFFFF >> 3)
                return null;
            mode = (mode << 3) | (uint)(c - '0');
        }
        return mode;
    }

    /// <summary>
    /// A mode in s3fs's or geesefs's form (decimal, always with type bits) or in rclone's (octal): decimal when that gives a known file
    /// type, since 100644 is too large for one and 0… is never decimal.
    /// </summary>
    public static uint? ForeignMode(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        text = text.Trim();
        bool isDecimal = uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint mode) && mode <= 0xFFFF && !text.StartsWith('0');
        if (isDecimal && IsKnownType(mode & FileType.Mask))
            return mode;
        return OctalMode(text) ?? (isDecimal ? mode : null);
    }

    /// <summary>A uid or gid. -1 means "leave as it is" to chown(2) and is nobody's id.</summary>
    public static uint? Id(string? text) =>
        uint.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != uint.MaxValue ? id : null;

    /// <summary>FSx's times: an integer followed by <c>ns</c>; without, it is milliseconds.</summary>
    public static long? FsxTime(string? text)
    {
        if (text is null)
            return null;
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        bool nanoseconds = digits.EndsWith("ns", StringComparison.Ordinal);
        if (nanoseconds)
            digits = digits[..^2].TrimEnd();
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            return null;
        return nanoseconds ? value : Scale(value, NanosecondsPerMillisecond);
    }

    /// <summary>Seconds since 1970 with or without a fraction (s3fs, geesefs, rclone), or RFC 3339 (rclone with --metadata).</summary>
    public static long? ForeignTime(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        ReadOnlySpan<char> value = text.AsSpan().Trim();
        if (value.Contains('T'))
        {
            return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                ? time.ToUnixNanoseconds() : null;
        }
        int dot = value.IndexOf('.');
        ReadOnlySpan<char> whole = dot < 0 ? value : value[..dot];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds) || Scale(seconds, UnixTime.NanosecondsPerSecond) is not { } ns)
            return null;
        long fraction = 0;
        if (dot >= 0)
        {
            long unit = UnixTime.NanosecondsPerSecond / 10;
            foreach (char c in value[(dot + 1)..])
            {
                if (c is < '0' or > '9')
                    return null;
                fraction += (c - '0') * unit;
                unit /= 10;
            }
        }
        return whole.StartsWith("-", StringComparison.Ordinal) ? ns - fraction : ns + fraction;
    }

    /// <summary>Seconds since 1970, as s3fs (whole) and rclone (nine digits of fraction) write them.</summary>
    public static string Seconds(long ns, bool withFraction)
    {
        (long seconds, long rest) = Math.DivRem(ns, UnixTime.NanosecondsPerSecond);
        if (!withFraction)
            return seconds.ToString(CultureInfo.InvariantCulture);
        string sign = ns < 0 && seconds == 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds}.{Math.Abs(rest):D9}");
    }

    private static bool IsKnownType(uint type) =>
        type is FileType.Regular or FileType.Directory or FileType.Symlink or FileType.Fifo or FileType.Socket or FileType.BlockDevice or FileType.CharacterDevice;

    // Times of more than 292 years around 1970 do not fit the rows.
    private static long? Scale(long value, long factor) => value > long.MaxValue / factor || value < long.MinValue / factor ? null : value * factor;
}
