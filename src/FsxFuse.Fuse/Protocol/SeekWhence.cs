namespace FsxFuse.Fuse;

/// <summary>Whence of lseek(2). Only <see cref="Data"/> and <see cref="Hole"/> normally reach a file system.</summary>
public enum SeekWhence : uint
{
    /// <summary>From the start.</summary>
    Set = 0,

    /// <summary>From the position.</summary>
    Current = 1,

    /// <summary>From the end.</summary>
    End = 2,

    /// <summary>The next data at or after the offset; ENXIO past the end.</summary>
    Data = 3,

    /// <summary>The next hole at or after the offset; the end of file is one.</summary>
    Hole = 4,
}
