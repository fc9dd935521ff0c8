using System.Globalization;
using System.Text;

namespace FsxFuse.Fuse;

/// <summary>
/// One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). It is the only safe way to learn about the own mount: stat(2) would ask the daemon itself.
/// </summary>
internal sealed record MountInfo(int MountId, int Major, int Minor, string MountPoint, string Type, string Source)
{
    /// <summary>The topmost mount on a canonical path.</summary>
    public static MountInfo? Find(string mountPoint)
    {
        MountInfo? found = null;
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            if (Parse(line) is { } info && info.MountPoint == mountPoint)
            {
                found = info;
            }
        }

        return found;
    }

    /// <summary>Parses <c>id parent major:minor root mountpoint options optional… - type source superoptions</c>.</summary>
    public static MountInfo? Parse(string line)
    {
        string[] fields = line.Split(' ');
        int separator = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        string[] device = fields.Length > 2 ? fields[2].Split(':') : [];
        if (separator < 0 || fields.Length < separator + 3 || device.Length != 2
            || !int.TryParse(fields[0], CultureInfo.InvariantCulture, out int id)
            || !int.TryParse(device[0], CultureInfo.InvariantCulture, out int major)
            || !int.TryParse(device[1], CultureInfo.InvariantCulture, out int minor))
        {
            return null;
        }

        return new MountInfo(id, major, minor, Unescape(fields[4]), fields[separator + 1], Unescape(fields[separator + 2]));
    }

    // Space, tab, newline and backslash appear as three octal digits.
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(field);
        List<byte> plain = new(bytes.Length);
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\\' && i + 3 < bytes.Length)
            {
                plain.Add((byte)(((bytes[i + 1] - '0') << 6) | ((bytes[i + 2] - '0') << 3) | (bytes[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Add(bytes[i]);
            }
        }

        return Encoding.UTF8.GetString([.. plain]);
    }
}
