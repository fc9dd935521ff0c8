namespace FsxFuse.Model;

/// <summary>What an operation answered: its result or errno as text, and the bytes it returned.</summary>
internal readonly record struct Observation(string Text, byte[]? Data = null)
{
    /// <summary>Nothing was asked of the file system, on either side.</summary>
    internal static Observation Skipped => new("skipped");

    internal bool Succeeded => Text.Length > 0 && Text[0] is >= '0' and <= '9';

    internal static Observation Of(Outcome outcome) => new(outcome.Succeeded ? $"{outcome.Value}" : outcome.Errno.ToString());

    /// <summary>Success whatever the number (a descriptor), or the errno.</summary>
    internal static Observation Done(Outcome outcome) => new(outcome.Succeeded ? "0" : outcome.Errno.ToString());

    /// <summary>How the two sides differ; null if they do not.</summary>
    internal static string? Compare(Observation expected, Observation actual)
    {
        if (expected.Text != actual.Text)
            return $"answered {actual.Text}, expected {expected.Text}";
        return CompareBytes(expected.Data, actual.Data) is { } why ? $"answered {actual.Text}, but {why}" : null;
    }

    /// <summary>Where two arrays differ; null if they do not.</summary>
    internal static string? CompareBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        int same = expected.CommonPrefixLength(actual);
        if (same == expected.Length && same == actual.Length)
            return null;
        if (same == Math.Min(expected.Length, actual.Length))
            return $"there are {actual.Length} bytes, expected {expected.Length}";
        int wrong = 0, zero = 0;
        for (int i = same; i < Math.Min(expected.Length, actual.Length); i++)
        {
            if (expected[i] != actual[i])
            {
                wrong++;
                zero += actual[i] == 0 ? 1 : 0;
            }
        }

        return $"{wrong} bytes of {expected.Length} differ, from {same} on; {zero} of them are zero";
    }
}
