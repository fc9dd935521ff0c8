namespace FsxFuse.Repository.Import;

/// <summary>What looking at a name again found.</summary>
public enum RefreshOutcome
{
    /// <summary>Nothing of that name on either side.</summary>
    Absent,

    /// <summary>The object is the one that was imported.</summary>
    Unchanged,

    /// <summary>Imported now.</summary>
    New,

    /// <summary>The name shows the object as it is now.</summary>
    Changed,

    /// <summary>The object was gone; so is the name.</summary>
    Deleted,

    /// <summary>Left alone: changed here, waiting for its export, or moved. The export decides.</summary>
    Skipped,
}
