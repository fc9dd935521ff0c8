namespace FsxFuse.Metadata;

/// <summary>What an <see cref="ExportRow"/> is about. The values are stored.</summary>
public enum ExportKind
{
    /// <summary>An inode whose names' objects may need its content or attributes (created, written, chmod, linked, renamed).</summary>
    Inode = 1,

    /// <summary>
    /// A key that lost its name (unlink, rename away, replaced type). Until the bucket has acknowledged, it is also the tombstone
    /// that keeps a listing from bringing the name back.
    /// </summary>
    Key = 2,

    /// <summary>A directory moved with all below it: its objects are still under the old prefix.</summary>
    Move = 3,
}
