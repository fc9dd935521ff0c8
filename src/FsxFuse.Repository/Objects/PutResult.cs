namespace FsxFuse.Repository.Objects;

/// <summary>What a write made.</summary>
/// <param name="ETag">Without quotes; never empty.</param>
/// <param name="VersionId">In a versioned bucket, else null.</param>
public readonly record struct PutResult(string ETag, string? VersionId);
