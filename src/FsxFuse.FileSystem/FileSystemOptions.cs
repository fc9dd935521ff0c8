namespace FsxFuse.FileSystem;

/// <summary>How a mounted file system behaves towards its kernel.</summary>
public sealed record FileSystemOptions
{
    /// <summary>
    /// How long the kernel may cache names and attributes. Long, because every change made behind the kernel's back is pushed to it.
    /// </summary>
    public TimeSpan CacheTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Who runs the file system: he may ask about every file's copy in the repository, as root may.</summary>
    public uint ServiceUid { get; init; }

    /// <summary>How often access times that reads changed are written to the store.</summary>
    public TimeSpan AccessTimeInterval { get; init; } = TimeSpan.FromSeconds(5);
}
