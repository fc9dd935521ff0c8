namespace FsxFuse.Metadata;

/// <summary>One extended attribute, with its full name ("user.x", "system.posix_acl_access").</summary>
public sealed record XattrRow
{
    /// <summary>The inode.</summary>
    public required long Inode { get; init; }

    /// <summary>Full name.</summary>
    public required FileName Name { get; init; }

    /// <summary>Value, 0–65,536 bytes.</summary>
    public required byte[] Value { get; init; }
}
