using System.Globalization;
using System.Text;

namespace FsxFuse.Mounting;

/// <summary>What is mounted, as the kernel tells it: without touching any mount, since a stat of a dead or busy one may wait for ever.</summary>
internal sealed class MountTable
{
    private readonly IReadOnlyList<MountEntry> _entries;

    private MountTable(IReadOnlyList<MountEntry> entries) => _entries = entries;

    /// <summary>All mounts, in mount order.</summary>
    public IReadOnlyList<MountEntry> Entries => _entries;

    /// <summary>Reads /proc/self/mountinfo.</summary>
    public static MountTable Read() => Parse(File.ReadAllText("/proc/self/mountinfo"));

    /// <summary>Reads the text of a mountinfo file.</summary>
    public static MountTable Parse(string text)
    {
        List<MountEntry> entries = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // 36 35 98:0 /root /mnt rw,noatime shared:1 - ext3 /dev/root rw
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (fields.Length < 6 || dash < 0 || dash + 2 >= fields.Length || !int.TryParse(fields[0], CultureInfo.InvariantCulture, out int id))
                continue;
            entries.Add(new MountEntry(id, fields[2], Unescape(fields[4]), Unescape(fields[dash + 1]), Unescape(fields[dash + 2])));
        }
        return new MountTable(entries);
    }

    /// <summary>The topmost mount on exactly this directory.</summary>
    public MountEntry? At(string mountpoint) => _entries.LastOrDefault(entry => entry.Mountpoint == mountpoint);

    /// <summary>The mount that a path lies on.</summary>
    public MountEntry? Containing(string path) => _entries
        .Where(entry => path == entry.Mountpoint || entry.Mountpoint == "/" || path.StartsWith(entry.Mountpoint + "/", StringComparison.Ordinal))
        .OrderBy(entry => entry.Mountpoint.Length).ThenBy(entry => entry.Id).LastOrDefault();

    // Space, tab, newline and backslash are written as \ooo (proc(5)).
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        byte[] bytes = Encoding.UTF8.GetBytes(field);
        int length = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bool escaped = bytes[i] == '\\' && i + 3 < bytes.Length && bytes.AsSpan(i + 1, 3).IndexOfAnyExceptInRange((byte)'0', (byte)'7') < 0;
            bytes[length++] = escaped ? (byte)(((bytes[i + 1] - '0') << 6) | ((bytes[i + 2] - '0') << 3) | (bytes[i + 3] - '0')) : bytes[i];
            i += escaped ? 3 : 0;
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
