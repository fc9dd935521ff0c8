using System.Globalization;
using FsxFuse.Metadata;

namespace FsxFuse.Hsm;

/// <summary>Reads what the mount tells of a file's copy, which is what lfs prints.</summary>
internal static class HsmText
{
    /// <summary>A state: <c>(0x0000000d) released exists archived, archive_id:1</c>.</summary>
    public static HsmResult State(string path, string text)
    {
        int flags = int.Parse(text.AsSpan(3, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new HsmResult
        {
            Path = path,
            Flags = flags,
            States = text[12..].Split(',')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries),
            ArchiveId = (flags & (int)HsmFlags.Archived) != 0 ? HsmState.ArchiveId : null,
        };
    }

    /// <summary>What is in progress: <c>RESTORE running (4096 bytes moved)</c>.</summary>
    public static HsmResult Action(string path, string text, string? note)
    {
        string[] words = text.Split(' ', '(');
        return new HsmResult
        {
            Path = path,
            Action = words[0],
            Progress = words.Length > 1 ? words[1] : null,
            BytesMoved = words.Length > 3 && words[1] == "running" ? long.Parse(words[3], CultureInfo.InvariantCulture) : null,
            Note = note,
        };
    }
}
