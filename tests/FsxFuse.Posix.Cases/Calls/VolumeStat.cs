using System.Runtime.InteropServices;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary><c>struct statfs</c> of 64-bit Linux.</summary>
internal sealed class VolumeStat(ReadOnlySpan<byte> statfs)
{
    /// <summary>Size of <c>struct statfs</c> in bytes.</summary>
    internal const int Size = 120;

    internal const long FuseMagic = 0x65735546;
    internal const long ExtMagic = 0xEF53;

    internal long Magic { get; } = At(statfs, 0);

    internal long BlockSize { get; } = At(statfs, 1);

    internal long Blocks { get; } = At(statfs, 2);

    internal long Free { get; } = At(statfs, 3);

    internal long Available { get; } = At(statfs, 4);

    internal long Files { get; } = At(statfs, 5);

    internal long FilesFree { get; } = At(statfs, 6);

    internal long Id { get; } = At(statfs, 7);

    internal long NameLength { get; } = At(statfs, 8);

    internal long FragmentSize { get; } = At(statfs, 9);

    private long Flags { get; } = At(statfs, 10);

    internal bool NoSuid => (Flags & 2) != 0;

    internal bool NoDevices => (Flags & 4) != 0;

    internal bool NoExec => (Flags & 8) != 0;

    internal bool NoAccessTimes => (Flags & 0x400) != 0;

    private static long At(ReadOnlySpan<byte> bytes, int word) => MemoryMarshal.Read<long>(bytes[(8 * word)..]);
}
