using System.Buffers.Binary;

namespace FsxFuse.Posix.Cases.Calls;

/// <summary>What name_to_handle_at(2) gave: a file, whatever its names become. Equal when type and bytes are.</summary>
internal sealed record FileHandle(int Type, string Bytes)
{
    /// <summary>MAX_HANDLE_SZ of fcntl.h, bytes.</summary>
    internal const int MaxSize = 128;

    /// <summary>Size of <c>struct file_handle</c> before its bytes.</summary>
    internal const int HeaderSize = 8;

    internal static FileHandle Read(ReadOnlySpan<byte> handle) => new(
        BinaryPrimitives.ReadInt32LittleEndian(handle[4..]),
        Convert.ToHexString(handle.Slice(HeaderSize, BinaryPrimitives.ReadInt32LittleEndian(handle))));

    /// <summary>The struct.</summary>
    internal byte[] ToBytes()
    {
        byte[] bytes = Convert.FromHexString(Bytes);
        byte[] all = new byte[HeaderSize + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(all, bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(all.AsSpan(4), Type);
        bytes.CopyTo(all, HeaderSize);
        return all;
    }

    /// <summary>The same with one 32-bit word of the bytes turned over.</summary>
    internal FileHandle WithWordInverted(int word)
    {
        byte[] bytes = Convert.FromHexString(Bytes);
        for (int i = 4 * word; i < (4 * word) + 4; i++)
            bytes[i] ^= 0x7f;
        return this with { Bytes = Convert.ToHexString(bytes) };
    }
}
