namespace FsxFuse.Repository.Objects;

/// <summary>Whether an object's bytes can be read, by storage class and the <c>x-amz-restore</c> header.</summary>
public enum RestoreState
{
    /// <summary>Readable at once: the storage class is not an archive.</summary>
    NotArchived,

    /// <summary>In an archive class, and nobody has asked for it back: a GET is refused.</summary>
    Archived,

    /// <summary>A restore is under way: a GET is refused for now.</summary>
    Restoring,

    /// <summary>A restored copy exists: a GET works.</summary>
    Restored,
}
