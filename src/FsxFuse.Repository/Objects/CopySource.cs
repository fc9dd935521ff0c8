namespace FsxFuse.Repository.Objects;

/// <summary>An object to copy from.</summary>
/// <param name="Key">The object.</param>
/// <param name="ETag">When given, the copy fails with PreconditionFailed if the object has another one.</param>
/// <param name="VersionId">A version in a versioned bucket.</param>
public readonly record struct CopySource(string Key, string? ETag = null, string? VersionId = null);
