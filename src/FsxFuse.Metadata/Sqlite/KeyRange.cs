using System.Text;

namespace FsxFuse.Metadata.Sqlite;

/// <summary>The keys with a prefix as a range of bytes: from the prefix up to, not including, <see cref="End"/>.</summary>
internal static class KeyRange
{
    // No UTF-8 text holds this byte: it is above every key.
    private const byte AboveAll = 0xFF;

    /// <summary>The smallest bytes above every key that starts with <paramref name="prefix"/>.</summary>
    public static byte[] End(string prefix)
    {
        if (prefix.Length == 0)
            return [AboveAll];
        byte[] end = Encoding.UTF8.GetBytes(prefix);
        end[^1]++; // at most 0xBF in UTF-8, so it never wraps
        return end;
    }
}
