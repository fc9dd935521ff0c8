namespace FsxFuse.Repository.Export;

/// <summary>What others did to a key since both sides agreed on it.</summary>
internal enum KeyChange
{
    /// <summary>Nothing (or an upload of ours whose answer was lost).</summary>
    None,

    /// <summary>They wrote it.</summary>
    Written,

    /// <summary>They deleted it.</summary>
    Deleted,
}
