namespace FsxFuse.Fuse;

/// <summary>Flags of setxattr(2).</summary>
[Flags]
public enum XAttrFlags : uint
{
    /// <summary>Create or replace.</summary>
    None = 0,

    /// <summary>EEXIST if it exists.</summary>
    Create = 1,

    /// <summary>ENODATA if it does not exist.</summary>
    Replace = 2,
}
