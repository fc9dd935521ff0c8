namespace FsxFuse.Metadata;

/// <summary>What may be asked about the copy of a file in its repository (lustre_user.h, enum hsm_user_action; the last two are ours). The values are stored.</summary>
public enum HsmAction
{
    /// <summary>HUA_NONE: nothing is in progress.</summary>
    None = 1,

    /// <summary>HUA_ARCHIVE: export it.</summary>
    Archive = 10,

    /// <summary>HUA_RESTORE: load all its bytes.</summary>
    Restore = 11,

    /// <summary>HUA_RELEASE: take its bytes out of the cache.</summary>
    Release = 12,

    /// <summary>HUA_CANCEL: forget an archive or restore that was asked for.</summary>
    Cancel = 14,

    /// <summary>Raise <see cref="HsmFlags"/> (<c>lfs hsm_set</c>).</summary>
    Set = 100,

    /// <summary>Lower them (<c>lfs hsm_clear</c>).</summary>
    Clear = 101,
}
