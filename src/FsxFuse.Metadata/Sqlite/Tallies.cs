namespace FsxFuse.Metadata.Sqlite;

/// <summary>Sums that are kept up to date with every commit so that nothing is ever counted row by row.</summary>
/// <param name="Inodes">Inodes.</param>
/// <param name="Bytes">Sum of the sizes of regular files.</param>
/// <param name="Exports">Entries in the export queue.</param>
/// <param name="FailingExports">Those whose last try failed.</param>
internal readonly record struct Tallies(long Inodes, long Bytes, long Exports, long FailingExports)
{
    public static Tallies operator +(Tallies left, Tallies right) => new(
        left.Inodes + right.Inodes, left.Bytes + right.Bytes, left.Exports + right.Exports, left.FailingExports + right.FailingExports);

    /// <summary>What one inode of this mode and size counts.</summary>
    public static Tallies OfInode(uint mode, long size) => new(1, (mode & FileType.Mask) == FileType.Regular ? size : 0, 0, 0);

    public static Tallies operator -(Tallies left, Tallies right) => new(
        left.Inodes - right.Inodes, left.Bytes - right.Bytes, left.Exports - right.Exports, left.FailingExports - right.FailingExports);
}
