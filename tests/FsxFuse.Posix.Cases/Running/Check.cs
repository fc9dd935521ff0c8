using System.Runtime.CompilerServices;

namespace FsxFuse.Posix.Cases.Running;

/// <summary>Assertions of the cases, with the expression and line in the message.</summary>
internal static class Check
{
    internal static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "", [CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new CaseFailedException($"{what} is {actual}, expected {expected}", file, line);
    }

    internal static void NotEqual<T>(T other, T actual, [CallerArgumentExpression(nameof(actual))] string what = "", [CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        if (EqualityComparer<T>.Default.Equals(other, actual))
            throw new CaseFailedException($"{what} is still {actual}", file, line);
    }

    internal static void True(bool condition, [CallerArgumentExpression(nameof(condition))] string what = "", [CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        if (!condition)
            throw new CaseFailedException($"not true: {what}", file, line);
    }

    internal static void BytesEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, [CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        int same = expected.CommonPrefixLength(actual);
        if (same != expected.Length || same != actual.Length)
            throw new CaseFailedException($"bytes differ at {same} (expected {expected.Length} bytes, got {actual.Length})", file, line);
    }
}
