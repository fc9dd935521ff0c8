namespace FsxFuse.Options;

/// <summary>How long a mount option holds, and whether it may change.</summary>
internal enum OptionScope
{
    /// <summary>For one mount; not remembered.</summary>
    Mount,

    /// <summary>Remembered with the file system; a later mount may change it.</summary>
    Changeable,

    /// <summary>Decided when the file system is created; a later mount that says otherwise is refused.</summary>
    Fixed,

    /// <summary>Meant for mount(8), systemd or the kernel's other file systems: accepted, without effect here.</summary>
    Foreign,
}
