namespace FsxFuse.Metadata;

/// <summary>State of a content. The values are stored: never renumber them.</summary>
[Flags]
public enum ContentFlags
{
    /// <summary>Released: nothing is in the cache and there is no content file.</summary>
    None = 0,

    /// <summary>A content file exists.</summary>
    Cached = 1,

    /// <summary>Every byte is in the content file: no block map is kept or needed.</summary>
    Complete = 2,

    /// <summary>The bytes differ from the source (or there is none).</summary>
    Dirty = 4,

    /// <summary>
    /// Somebody may be writing: set by the first write of an open file before that write is acknowledged, cleared when the file
    /// rests. After a crash it says that size and times must be taken from the content file.
    /// </summary>
    Writing = 8,
}
