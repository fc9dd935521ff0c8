namespace FsxFuse.Fuse;

/// <summary>Mode of fallocate(2).</summary>
[Flags]
public enum FallocateMode : uint
{
    /// <summary>Allocate, and extend the size.</summary>
    None = 0,

    /// <summary>Do not change the size.</summary>
    KeepSize = 0x01,

    /// <summary>Deallocate; always with <see cref="KeepSize"/>.</summary>
    PunchHole = 0x02,

    /// <summary>Remove the range and close the gap.</summary>
    CollapseRange = 0x08,

    /// <summary>Turn the range into zeros.</summary>
    ZeroRange = 0x10,

    /// <summary>Insert a hole.</summary>
    InsertRange = 0x20,

    /// <summary>Unshare shared extents.</summary>
    UnshareRange = 0x40,
}
