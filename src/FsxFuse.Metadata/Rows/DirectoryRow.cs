namespace FsxFuse.Metadata;

/// <summary>
/// The directory side of an inode: where it hangs and where its children's objects live. It is apart from
/// <see cref="InodeRow"/> so that a removed directory that is still open keeps its inode; no row = not live.
/// </summary>
public sealed record DirectoryRow
{
    /// <summary>The inode's id.</summary>
    public required long Id { get; init; }

    /// <summary>The directory this one hangs in; the root is its own parent.</summary>
    public required long Parent { get; init; }

    /// <summary>Its name in <see cref="Parent"/>; empty for the root.</summary>
    public required FileName Name { get; init; }

    /// <summary>Counts the commits that changed this row (moves, listing state, prefix); guards compare it.</summary>
    public long Version { get; init; }

    /// <summary>How much of the repository's names are known here.</summary>
    public ListingState Listing { get; init; }

    /// <summary>The link whose objects the children are; 0 = none.</summary>
    public int LinkId { get; init; }

    /// <summary>
    /// Key prefix under which the objects of the children are *now* in the bucket: empty or ending in '/'. After a move it names
    /// the old place until the export has followed; null when <see cref="LinkId"/> is 0.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>When the last complete listing began, ns since 1970; 0 = never.</summary>
    public long ListedAtNs { get; init; }
}
