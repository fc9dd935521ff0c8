using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace FsxFuse.Metadata;

/// <summary>
/// One component of a path, as the bytes the kernel gave: 1–255 bytes, neither '/' nor NUL, in any encoding.
/// Equality is byte for byte, as on every Linux file system.
/// </summary>
public readonly struct FileName : IEquatable<FileName>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;

    /// <summary>Takes the array as it is; the caller must not change it afterwards.</summary>
    public FileName(byte[] bytes) => _bytes = bytes;

    /// <summary>Copies <paramref name="bytes"/>.</summary>
    public FileName(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>The name in UTF-8.</summary>
    public FileName(string text) => _bytes = Encoding.UTF8.GetBytes(text);

    /// <summary>The longest name, in bytes (NAME_MAX of limits.h).</summary>
    public const int MaxLength = 255;

    /// <summary>The bytes of the name.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The bytes as the array they are stored in: not to be written to.</summary>
    public byte[] Bytes => _bytes ?? [];

    /// <summary>The length in bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>The name as text, if its bytes are valid UTF-8: only such a name can be (part of) an object's key.</summary>
    public bool TryGetText([NotNullWhen(true)] out string? text)
    {
        try
        {
            text = Strict.GetString(Bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }

    /// <inheritdoc/>
    public bool Equals(FileName other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FileName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>The name for people and logs: invalid UTF-8 is replaced.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);

    /// <summary>Byte-wise equality.</summary>
    public static bool operator ==(FileName left, FileName right) => left.Equals(right);

    /// <summary>Byte-wise inequality.</summary>
    public static bool operator !=(FileName left, FileName right) => !left.Equals(right);
}
