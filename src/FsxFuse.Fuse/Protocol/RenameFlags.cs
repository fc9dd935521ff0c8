namespace FsxFuse.Fuse;

/// <summary>Flags of renameat2(2).</summary>
[Flags]
public enum RenameFlags : uint
{
    /// <summary>Plain rename: an existing target is replaced.</summary>
    None = 0,

    /// <summary>EEXIST if the target exists.</summary>
    NoReplace = 1 << 0,

    /// <summary>Exchange both names atomically.</summary>
    Exchange = 1 << 1,

    /// <summary>Leave a whiteout (character device 0:0) at the source.</summary>
    Whiteout = 1 << 2,
}
