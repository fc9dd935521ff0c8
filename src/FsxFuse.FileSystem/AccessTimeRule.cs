namespace FsxFuse.FileSystem;

/// <summary>When a read moves a file's access time (mount(8)). The kernel leaves this to the daemon, whatever the mount's flags.</summary>
public enum AccessTimeRule
{
    /// <summary>When it is not after the last change, or a day old: <c>relatime</c>.</summary>
    Relative,

    /// <summary>Always: <c>strictatime</c>.</summary>
    Strict,

    /// <summary>Never: <c>noatime</c>.</summary>
    Never,
}
