namespace FsxFuse.Mounting;

/// <summary>One line of /proc/self/mountinfo (proc(5)).</summary>
/// <param name="Id">Mount id: later mounts have higher ones.</param>
/// <param name="Device">major:minor.</param>
/// <param name="Mountpoint">Where it is mounted.</param>
/// <param name="Type">File-system type.</param>
/// <param name="Source">What is mounted.</param>
internal sealed record MountEntry(int Id, string Device, string Mountpoint, string Type, string Source)
{
    /// <summary>The type our mounts have.</summary>
    public const string OurType = "fuse.fsxfuse";

    /// <summary>Whether it is one of ours.</summary>
    public bool IsOurs => Type == OurType;
}
