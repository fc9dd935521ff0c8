using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>What a system call answered: its value, or the errno it failed with.</summary>
/// <param name="Call">The call as a reader of a failure wants to see it.</param>
/// <param name="Value">The result, -1 on failure.</param>
/// <param name="Errno">0 on success.</param>
internal readonly record struct Outcome(string Call, long Value, Errno Errno)
{
    /// <summary>Takes a libc result; must directly follow the call, while errno is still its own.</summary>
    internal static Outcome Of(string call, long value) =>
        value == -1 ? new(call, -1, (Errno)Marshal.GetLastPInvokeError()) : new(call, value, 0);

    internal bool Succeeded => Errno == 0;

    /// <summary>Demands success.</summary>
    /// <exception cref="CaseFailedException">The call failed.</exception>
    internal long Ok([CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        if (Errno != 0)
            throw new CaseFailedException($"{Call} failed with {Errno}, expected success", file, line);
        return Value;
    }

    /// <summary>Demands exactly this error.</summary>
    /// <exception cref="CaseFailedException">The call succeeded or failed otherwise.</exception>
    internal void Fails(Errno expected, [CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        if (Errno != expected)
            throw new CaseFailedException($"{Call} {Describe()}, expected {expected}", file, line);
    }

    /// <summary>Demands one of two errors, where POSIX leaves the choice.</summary>
    /// <exception cref="CaseFailedException">The call succeeded or failed otherwise.</exception>
    internal void FailsEither(Errno one, Errno other, [CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        if (Errno != one && Errno != other)
            throw new CaseFailedException($"{Call} {Describe()}, expected {one} or {other}", file, line);
    }

    /// <summary>Demands this value.</summary>
    /// <exception cref="CaseFailedException">The call failed or returned something else.</exception>
    internal void Is(long expected, [CallerLineNumber] int line = 0, [CallerFilePath] string file = "")
    {
        if (Errno != 0 || Value != expected)
            throw new CaseFailedException($"{Call} {Describe()}, expected {expected}", file, line);
    }

    private string Describe() => Errno == 0 ? $"returned {Value}" : $"failed with {Errno}";
}
