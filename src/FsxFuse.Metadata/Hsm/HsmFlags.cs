namespace FsxFuse.Metadata;

/// <summary>States of a file's content as Lustre's HSM names them (lustre_user.h, enum hsm_states).</summary>
[Flags]
public enum HsmFlags
{
    /// <summary>New: the repository never had it.</summary>
    None = 0,

    /// <summary>HS_EXISTS: the repository has a copy, of this or an earlier version.</summary>
    Exists = 0x1,

    /// <summary>HS_DIRTY: changed since it was exported.</summary>
    Dirty = 0x2,

    /// <summary>HS_RELEASED: its bytes are in the repository only.</summary>
    Released = 0x4,

    /// <summary>HS_ARCHIVED: it was exported or imported.</summary>
    Archived = 0x8,

    /// <summary>HS_NORELEASE: never released.</summary>
    NoRelease = 0x10,

    /// <summary>HS_NOARCHIVE: never exported.</summary>
    NoArchive = 0x20,

    /// <summary>HS_LOST: the repository no longer has bytes that were only there.</summary>
    Lost = 0x40,
}
