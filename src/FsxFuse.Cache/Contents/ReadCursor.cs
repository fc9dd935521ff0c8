namespace FsxFuse.Cache;

/// <summary>
/// How one open file handle has been read so far, so that sequential readers get read-ahead and random ones do not. One per
/// handle; thread-safe.
/// </summary>
public sealed class ReadCursor
{
    internal Lock Lock { get; } = new();

    /// <summary>Where the next sequential read would start.</summary>
    internal long Next { get; set; }

    /// <summary>Current read-ahead window, bytes; 0 = the reader is random.</summary>
    internal long Window { get; set; }

    /// <summary>Everything before this was asked for by this reader.</summary>
    internal long Ahead { get; set; }
}
