namespace FsxFuse.Metadata;

/// <summary>
/// A condition that must hold at the moment a batch commits. If one does not, nothing of the batch is done and the caller reads
/// again and decides anew.
/// </summary>
public abstract record Guard
{
    private Guard()
    {
    }

    /// <summary>The inode exists and is still at this version.</summary>
    public sealed record InodeVersion(long Id, long Version) : Guard;

    /// <summary>The inode exists and still has a name (link(2) must not revive an orphan).</summary>
    public sealed record InodeLinked(long Id) : Guard;

    /// <summary>The directory has no entry of that name.</summary>
    public sealed record DentryAbsent(long Parent, FileName Name) : Guard;

    /// <summary>The entry exists and names that inode.</summary>
    public sealed record DentryIs(long Parent, FileName Name, long Child) : Guard;

    /// <summary>The directory was not removed: names may be put in it. Shared: such commits do not exclude each other.</summary>
    public sealed record DirectoryLive(long Id) : Guard;

    /// <summary>The directory row exists and is still at this version (moves, listing state, prefix).</summary>
    public sealed record DirectoryVersion(long Id, long Version) : Guard;

    /// <summary>The directory is live, completely listed and has no entry. Exclusive: atomic with the removal in the same batch.</summary>
    public sealed record DirectoryEmpty(long Id) : Guard;

    /// <summary>The content exists and is still at this version.</summary>
    public sealed record ContentVersion(long Id, long Version) : Guard;

    /// <summary>The export entry exists and was not queued again since.</summary>
    public sealed record ExportVersion(long Id, long Version) : Guard;

    /// <summary>No export entry of kind Key waits for this key (it is not a tombstone).</summary>
    public sealed record KeyNotQueued(int LinkId, string Key) : Guard;

    /// <summary>
    /// No directory was moved between parents since the caller read the epoch: ancestors it checked are still ancestors, so
    /// that no loop can form. A batch with this guard raises the epoch.
    /// </summary>
    public sealed record TreeEpoch(long Epoch) : Guard;
}
