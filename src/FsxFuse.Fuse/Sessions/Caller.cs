using System.Globalization;
using System.Text;

namespace FsxFuse.Fuse;

/// <summary>What /proc tells about the thread a request came from.</summary>
internal static class Caller
{
    // By their numbers on every architecture .NET runs on: CHLD, CONT, URG and WINCH are ignored by default; STOP, TSTP, TTIN and TTOU stop.
    private const ulong EndsNobody = (1UL << (17 - 1)) | (1UL << (18 - 1)) | (1UL << (23 - 1)) | (1UL << (28 - 1))
        | (1UL << (19 - 1)) | (1UL << (20 - 1)) | (1UL << (21 - 1)) | (1UL << (22 - 1));

    /// <summary>Whether a signal is pending that ends the thread's process: one that it neither blocks, handles nor ignores.</summary>
    /// <param name="threadId">As in the request's header; 0 for a process that this one does not see.</param>
    public static bool IsDying(uint threadId)
    {
        if (threadId == 0)
        {
            return false;
        }

        try
        {
            ulong pending = 0, spared = EndsNobody;
            foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{threadId}/status"), Encoding.Latin1))
            {
                ReadOnlySpan<char> mask = line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1).Trim();
                switch (line.AsSpan(0, Math.Min(line.Length, 7)))
                {
                    case "SigPnd:" or "ShdPnd:":
                        pending |= ulong.Parse(mask, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                        break;
                    case "SigBlk:" or "SigIgn:" or "SigCgt:":
                        spared |= ulong.Parse(mask, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                        break;
                }
            }

            return (pending & ~spared) != 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
    }
}
