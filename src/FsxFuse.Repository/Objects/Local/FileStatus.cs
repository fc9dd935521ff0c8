using System.Runtime.InteropServices;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>What statx(2) tells of a file; the layout is the kernel's <c>struct statx</c> (include/uapi/linux/stat.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStatus
{
    private const int TypeMask = 0xF000;

    [FieldOffset(20)] public readonly uint Uid;
    [FieldOffset(24)] public readonly uint Gid;
    [FieldOffset(28)] public readonly ushort Mode;
    [FieldOffset(32)] public readonly ulong Inode;
    [FieldOffset(40)] public readonly long Size;
    [FieldOffset(64)] private readonly long _accessSeconds;
    [FieldOffset(72)] private readonly uint _accessNanoseconds;
    [FieldOffset(96)] private readonly long _changeSeconds;
    [FieldOffset(104)] private readonly uint _changeNanoseconds;
    [FieldOffset(112)] private readonly long _writeSeconds;
    [FieldOffset(120)] private readonly uint _writeNanoseconds;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsSymlink => (Mode & TypeMask) == 0xA000;

    /// <summary>Nanoseconds since 1970.</summary>
    public long AccessTime => (_accessSeconds * 1_000_000_000) + _accessNanoseconds;

    /// <summary>Nanoseconds since 1970 of the last change of the inode, which no program can set.</summary>
    public long ChangeTime => (_changeSeconds * 1_000_000_000) + _changeNanoseconds;

    /// <summary>Nanoseconds since 1970 of the last change of the bytes.</summary>
    public long WriteTime => (_writeSeconds * 1_000_000_000) + _writeNanoseconds;
}
