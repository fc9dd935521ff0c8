namespace FsxFuse.Cache;

/// <summary>The object that now holds a content's bytes, as an export made it.</summary>
/// <param name="LinkId">The link.</param>
/// <param name="Key">The key.</param>
/// <param name="ETag">ETag, unquoted.</param>
/// <param name="VersionId">S3 version id, if the bucket is versioned.</param>
public readonly record struct SourceVersion(int LinkId, string Key, string ETag, string? VersionId);
