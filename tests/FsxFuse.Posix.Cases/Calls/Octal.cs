namespace FsxFuse.Posix.Cases.Calls;

/// <summary>
/// C# has no octal literals, and a mode is unreadable in any other base: the cases write 0644 as the decimal literal 644,
/// and these two turn such digits into the number and back.
/// </summary>
internal static class Octal
{
    /// <summary>644 becomes 0644.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A digit is 8 or 9.</exception>
    internal static int FromDigits(int digits)
    {
        int value = 0;
        for (int shift = 0; digits != 0; digits /= 10, shift += 3)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(digits % 10, 7);
            value |= digits % 10 << shift;
        }
        return value;
    }

    /// <summary>0644 becomes 644.</summary>
    internal static int ToDigits(int value)
    {
        int digits = 0;
        for (int unit = 1; value != 0; value >>= 3, unit *= 10)
            digits += (value & 7) * unit;
        return digits;
    }
}
