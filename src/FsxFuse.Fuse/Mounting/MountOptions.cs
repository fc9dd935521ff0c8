using System.Globalization;
using System.Text;

namespace FsxFuse.Fuse;

/// <summary>Where and how to mount.</summary>
public sealed record MountOptions
{
    /// <summary>The directory to mount on; must exist.</summary>
    public required string MountPoint { get; init; }

    /// <summary>What /proc/mounts shows as the source.</summary>
    public string Source { get; init; } = "fuse";

    /// <summary>The mount's type becomes <c>fuse.SUBTYPE</c>; empty for plain <c>fuse</c>.</summary>
    public string SubType { get; init; } = "";

    /// <summary>Users other than the mounting one may access it. For an ordinary user it needs <c>user_allow_other</c> in /etc/fuse.conf.</summary>
    public bool AllowOther { get; init; }

    /// <summary>The kernel checks permissions by mode, owner and ACL. Wanted with <see cref="AllowOther"/> unless the file system checks itself.</summary>
    public bool DefaultPermissions { get; init; } = true;

    /// <summary>Read-only.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Ignore suid and sgid bits. Always so for ordinary users.</summary>
    public bool NoSuid { get; init; } = true;

    /// <summary>Ignore device nodes. Always so for ordinary users.</summary>
    public bool NoDev { get; init; } = true;

    /// <summary>No execution.</summary>
    public bool NoExec { get; init; }

    /// <summary>Do not update access times.</summary>
    public bool NoATime { get; init; }

    /// <summary>Do not update access times of directories.</summary>
    public bool NoDirATime { get; init; }

    /// <summary>Writes are synchronous.</summary>
    public bool Synchronous { get; init; }

    /// <summary>Changes of directories are synchronous.</summary>
    public bool DirSync { get; init; }

    /// <summary>Largest READ, bytes; 0 leaves it to <see cref="ConnectionOptions.MaxWrite"/>.</summary>
    public int MaxRead { get; init; }

    /// <summary>Remove a dead mount (ENOTCONN) that an earlier process left on the mount point.</summary>
    public bool ReplaceStale { get; init; } = true;

    /// <summary>Mount through this program even with the privilege to do without; null to decide by the effective user.</summary>
    public bool? UseFusermount { get; init; }

    /// <summary>The setuid helper for ordinary users.</summary>
    public string FusermountPath { get; init; } = "fusermount3";

    internal string FileSystemType => SubType.Length == 0 ? "fuse" : "fuse." + SubType;

    /// <summary>Flags of mount(2).</summary>
    internal nuint Flags
    {
        get
        {
            nuint flags = 0;
            foreach ((bool set, nuint flag, _, _) in Switches())
            {
                flags |= set ? flag : 0;
            }

            return flags;
        }
    }

    /// <summary>The option string of mount(2) for an open device.</summary>
    internal string KernelData(int device, uint userId, uint groupId)
    {
        StringBuilder data = new();
        data.Append(CultureInfo.InvariantCulture, $"fd={device},rootmode=40000,user_id={userId},group_id={groupId}");
        AppendShared(data);
        return data.ToString();
    }

    /// <summary>The option string of fusermount3, which gives rootmode, user_id and group_id itself.</summary>
    internal string FusermountData()
    {
        StringBuilder data = new();
        data.Append("fsname=").Append(Escape(Source));
        if (SubType.Length > 0)
        {
            data.Append(",subtype=").Append(Escape(SubType));
        }

        foreach ((bool set, _, string on, string off) in Switches())
        {
            string word = set ? on : off;
            if (word.Length > 0)
            {
                data.Append(',').Append(word);
            }
        }

        AppendShared(data);
        return data.ToString();
    }

    // fusermount3 takes suid and dev from root alone, so their absence is not spelled out.
    private IEnumerable<(bool Set, nuint Flag, string On, string Off)> Switches() =>
    [
        (ReadOnly, 1, "ro", "rw"),
        (NoSuid, 2, "nosuid", ""),
        (NoDev, 4, "nodev", ""),
        (NoExec, 8, "noexec", ""),
        (Synchronous, 16, "sync", ""),
        (DirSync, 128, "dirsync", ""),
        (NoATime, 1024, "noatime", ""),
        (NoDirATime, 2048, "nodiratime", ""),
    ];

    private void AppendShared(StringBuilder data)
    {
        if (AllowOther)
        {
            data.Append(",allow_other");
        }

        if (DefaultPermissions)
        {
            data.Append(",default_permissions");
        }

        if (MaxRead > 0)
        {
            data.Append(CultureInfo.InvariantCulture, $",max_read={MaxRead}");
        }
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
