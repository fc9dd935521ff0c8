namespace FsxFuse.Metadata;

/// <summary>How much of a directory's names is known. The values are stored.</summary>
public enum ListingState
{
    /// <summary>Every name is a dentry here: nothing needs to be asked of the repository.</summary>
    Complete = 0,

    /// <summary>The bucket may hold names that are not dentries yet.</summary>
    Unlisted = 1,
}
