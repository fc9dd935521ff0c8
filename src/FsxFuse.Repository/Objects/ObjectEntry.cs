namespace FsxFuse.Repository.Objects;

/// <summary>One object as a listing shows it.</summary>
/// <param name="Key">The whole key.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="ETag">Without quotes.</param>
/// <param name="LastModified">The server's clock, to the second or millisecond.</param>
/// <param name="StorageClass">As the server names it (<c>STANDARD</c>, <c>GLACIER</c>, …); never empty.</param>
public readonly record struct ObjectEntry(string Key, long Size, string ETag, DateTimeOffset LastModified, string StorageClass);
