using System.Text;

namespace FsxFuse.Repository.Objects;

/// <summary>The rules for keys, and their order.</summary>
public static class ObjectKey
{
    /// <summary>Longest key in UTF-8 bytes (Amazon S3, "Creating object key names").</summary>
    public const int MaxBytes = 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Compares keys as S3 sorts them: by their UTF-8 bytes, which for characters beyond U+FFFF is not the order of .NET strings.</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create(Compare);

    /// <summary>Compares two keys by their UTF-8 bytes.</summary>
    public static int Compare(string? left, string? right)
    {
        ReadOnlySpan<char> a = left, b = right;
        int common = a.CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
            return a.Length.CompareTo(b.Length);
        // A surrogate belongs to a character above every one that needs none, though its own number is below U+E000…U+FFFF.
        bool highA = char.IsSurrogate(a[common]), highB = char.IsSurrogate(b[common]);
        return highA == highB ? a[common].CompareTo(b[common]) : highA ? 1 : -1;
    }

    /// <summary>Returns the length of a key in UTF-8 bytes, or -1 when it holds half a surrogate pair.</summary>
    public static int ByteLength(string key)
    {
        try
        {
            return StrictUtf8.GetByteCount(key);
        }
        catch (EncoderFallbackException)
        {
            return -1;
        }
    }

    /// <summary>Throws <see cref="ObjectStoreErrorKind.BadKey"/> unless the key has 1 to 1,024 UTF-8 bytes.</summary>
    /// <exception cref="ObjectStoreException">BadKey.</exception>
    public static void Validate(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        int length = ByteLength(key);
        if (length is < 1 or > MaxBytes)
        {
            throw new ObjectStoreException(ObjectStoreErrorKind.BadKey, length switch
            {
                0 => "An object key cannot be empty.",
                < 0 => "An object key must be valid Unicode; this one holds half of a surrogate pair.",
                _ => $"The object key has {length} bytes; S3 takes at most {MaxBytes}: {key[..64]}…",
            });
        }
    }
}
