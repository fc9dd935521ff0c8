using System.Globalization;
using System.Text;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Export;

/// <summary>Names of the local versions that stay beside an object after a conflict: <c>NAME.conflict-HOST-TIME</c>.</summary>
internal static class ConflictName
{
    /// <summary>Makes a name of at most 255 bytes; <paramref name="number"/> above 1 is appended to make it unique.</summary>
    public static FileName Make(FileName name, string host, DateTimeOffset time, int number)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $".conflict-{Clean(host)}-{time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        if (number > 1)
            suffix += string.Create(CultureInfo.InvariantCulture, $"-{number}");
        byte[] tail = Encoding.UTF8.GetBytes(suffix);
        ReadOnlySpan<byte> head = name.Span;
        int room = FileName.MaxLength - tail.Length;
        if (head.Length > room)
        {
            // Half a character would make the name unexportable.
            while (room > 0 && (head[room] & 0xC0) == 0x80)
                room--;
            head = head[..room];
        }
        return new FileName((byte[])[.. head, .. tail]);
    }

    private static string Clean(string host)
    {
        string clean = new([.. host.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.').Take(64)]);
        return clean.Length == 0 ? "host" : clean;
    }
}
