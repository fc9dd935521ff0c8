namespace FsxFuse.Repository.Objects;

/// <summary>A run of bytes of an object.</summary>
/// <param name="Offset">First byte, 0 or more.</param>
/// <param name="Length">How many bytes, 0 or more; null for all from <paramref name="Offset"/> to the end.</param>
public readonly record struct ByteRange(long Offset, long? Length)
{
    /// <summary>The whole object.</summary>
    public static ByteRange All => new(0, null);

    /// <summary>Whether the whole object is meant.</summary>
    public bool IsAll => Offset == 0 && Length is null;
}
