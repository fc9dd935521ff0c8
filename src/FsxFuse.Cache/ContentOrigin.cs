namespace FsxFuse.Cache;

/// <summary>The exact version of an object that a content's missing bytes come from.</summary>
/// <param name="Content">Id of the content they are for.</param>
/// <param name="LinkId">The link.</param>
/// <param name="Key">Key of the object.</param>
/// <param name="ETag">ETag (unquoted) the object must still have.</param>
/// <param name="VersionId">S3 version id, if the bucket is versioned.</param>
/// <param name="Length">Bytes of the object that are still wanted: its length, or less after a truncation.</param>
public readonly record struct ContentOrigin(long Content, int LinkId, string Key, string ETag, string? VersionId, long Length);
