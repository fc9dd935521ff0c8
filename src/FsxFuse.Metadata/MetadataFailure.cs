namespace FsxFuse.Metadata;

/// <summary>Ways in which a metadata engine fails.</summary>
public enum MetadataFailure
{
    /// <summary>An I/O error, or anything not told apart below (EIO).</summary>
    Broken,

    /// <summary>The file is no FsxFuse metadata or is damaged.</summary>
    Corrupt,

    /// <summary>Written by a newer version of the program.</summary>
    Newer,

    /// <summary>The disk is full (ENOSPC); nothing of the batch was done.</summary>
    Full,

    /// <summary>Another process has it open.</summary>
    InUse,

    /// <summary>It cannot be reached (a remote engine).</summary>
    Unreachable,

    /// <summary>There is no store at that place.</summary>
    Missing,
}
