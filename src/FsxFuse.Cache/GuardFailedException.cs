using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>
/// A condition that the caller joined to a commit did not hold: nothing was committed. The caller reads its rows again and calls
/// once more (every operation that takes a join may be repeated).
/// </summary>
public sealed class GuardFailedException : Exception
{
    /// <summary>Makes the exception.</summary>
    public GuardFailedException(Guard guard)
        : base($"A joined condition did not hold: {guard}. Read the rows again and repeat the operation.") => Guard = guard;

    /// <summary>The condition.</summary>
    public Guard Guard { get; }
}
