namespace FsxFuse.Model;

/// <summary>What of statx(2) must agree on two file systems.</summary>
/// <remarks>
/// Not compared: the device (st_dev) and the inode's number, which are each file system's own; st_blocks, where what is in the bucket counts as
/// allocated; size and link count of directories, which POSIX leaves open and ext4 derives from its own format; access times, which relatime
/// moves at its own discretion (an explicit one is compared right after it was set).
/// </remarks>
internal sealed class Attributes(FileStat stat)
{
    // Times that scripts set lie further from now than this: whatever is nearer was made by a clock.
    private const long AroundNow = 10 * 24 * 3600;

    internal FileStat Stat { get; } = stat;

    internal bool IsDirectory => Stat.Type == S_IFDIR;

    internal bool IsRegular => Stat.Type == S_IFREG;

    /// <summary>As text that must be the same on both sides.</summary>
    internal string Describe(bool withAccessTime = false)
    {
        string type = Stat.Type switch
        {
            S_IFDIR => "directory",
            S_IFREG => "file",
            S_IFLNK => "symlink",
            S_IFIFO => "fifo",
            S_IFSOCK => "socket",
            S_IFCHR => $"device {Stat.DeviceNumber.Major}:{Stat.DeviceNumber.Minor}",
            var other => $"type 0x{other:x}",
        };
        string counts = IsDirectory ? "" : $" links={Stat.Links} size={Stat.Length}";
        string access = withAccessTime ? $" atime={Describe(Stat.Access)}" : "";
        return $"{type} 0{Stat.Mode} {Stat.Uid}:{Stat.Gid}{counts} mtime={Describe(Stat.Modify)} ctime={Describe(Stat.Change)}{access}";
    }

    /// <summary>Which times an operation moved, if the same inode was there before.</summary>
    internal string Moved(Attributes? before) =>
        before is null ? "" : $"{(before.Stat.Modify != Stat.Modify ? " mtime moved" : "")}{(before.Stat.Change != Stat.Change ? " ctime moved" : "")}";

    private static string Describe(Timestamp time) =>
        Math.Abs(time.Seconds - DateTimeOffset.UtcNow.ToUnixTimeSeconds()) < AroundNow ? "now" : time.ToString();
}
