namespace FsxFuse.Cache;

/// <summary>State of one 4 KiB page, as <see cref="Metadata.BlockMapRow"/> stores it.</summary>
internal enum PageState
{
    /// <summary>Not in the content file.</summary>
    Absent = 0,

    /// <summary>As in the source.</summary>
    Clean = 1,

    /// <summary>Written, and no fsync covered it yet.</summary>
    DirtyUnsynced = 2,

    /// <summary>Written and on stable storage.</summary>
    DirtyStable = 3,
}
