namespace FsxFuse.Metadata;

/// <summary>State of an inode beyond stat(2). The values are stored: never renumber them.</summary>
[Flags]
public enum InodeFlags
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Mode, owner and times are the link's defaults: the object's own metadata was not read yet (one HEAD is due).</summary>
    AttributesPending = 1,

    /// <summary>Never released automatically (lfs hsm_set --norelease).</summary>
    NoRelease = 2,

    /// <summary>Never exported (lfs hsm_set --noarchive).</summary>
    NoArchive = 4,

    /// <summary>The only copy of some bytes was in a repository that no longer has them.</summary>
    Lost = 8,

    /// <summary>The repository holds this inode as it is (exported or imported at least once).</summary>
    Archived = 16,
}
