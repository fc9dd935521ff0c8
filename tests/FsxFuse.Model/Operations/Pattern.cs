using System.Runtime.InteropServices;

namespace FsxFuse.Model;

/// <summary>Bytes of a seed: no zeros, so that a lost range shows, and different at every offset.</summary>
internal static class Pattern
{
    internal static void Fill(Span<byte> bytes, int seed)
    {
        ulong state = ((ulong)(uint)seed << 20) + 0x9E3779B97F4A7C15;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (int i = 0; i < words.Length; i++)
            words[i] = Next(ref state);
        for (int i = words.Length * sizeof(ulong); i < bytes.Length; i++)
            bytes[i] = (byte)Next(ref state);
    }

    // splitmix64.
    private static ulong Next(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (z ^ (z >> 31)) | 0x0101010101010101;
    }
}
