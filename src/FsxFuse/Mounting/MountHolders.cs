using System.Globalization;

namespace FsxFuse.Mounting;

/// <summary>Finds who keeps a mount alive that is gone from this mount namespace: a container or service that was started while it was there has a copy.</summary>
internal static class MountHolders
{
    /// <summary>The process with the lowest number that sees the device, and its command's name; null when nobody is seen to.</summary>
    /// <param name="device">major:minor, as in <see cref="MountEntry.Device"/>.</param>
    public static (int Pid, string Command)? Find(string device)
    {
        foreach (int pid in Directory.EnumerateDirectories("/proc")
            .Select(static path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(static pid => pid > 0).Order())
        {
            try
            {
                if (MountTable.Parse(File.ReadAllText($"/proc/{pid}/mountinfo")).Entries.Any(entry => entry.Device == device))
                    return (pid, File.ReadAllText($"/proc/{pid}/comm").Trim());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or belongs to another user.
            }
        }
        return null;
    }
}
