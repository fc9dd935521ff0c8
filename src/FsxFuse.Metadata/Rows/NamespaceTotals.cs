namespace FsxFuse.Metadata;

/// <summary>How much the namespace holds.</summary>
/// <param name="Inodes">Number of inodes.</param>
/// <param name="Bytes">Sum of the sizes of regular files, bytes.</param>
public readonly record struct NamespaceTotals(long Inodes, long Bytes);
