namespace FsxFuse.Cache;

/// <summary>What became of a request to release a content.</summary>
public enum ReleaseResult
{
    /// <summary>Its bytes are out of the cache; reads fetch them again.</summary>
    Released,

    /// <summary>Nothing of it was in the cache.</summary>
    AlreadyReleased,

    /// <summary>It holds bytes that no source has, or whose source is being removed.</summary>
    NotClean,

    /// <summary>Somebody may be writing it.</summary>
    InUse,
}
