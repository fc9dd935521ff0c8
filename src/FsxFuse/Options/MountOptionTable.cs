namespace FsxFuse.Options;

/// <summary>Every option that <c>-o</c> takes: one row each, and nothing about options anywhere else.</summary>
internal static class MountOptionTable
{
    private static readonly string[] UnsupportedYet = ["root_squash"];

    /// <summary>The table, in the order of help.</summary>
    public static IReadOnlyList<MountOption> Rows { get; } =
    [
        new("ro", OptionKind.Flag, OptionScope.Mount, "Mount read-only."),
        new("rw", OptionKind.Flag, OptionScope.Mount, "Mount for reading and writing (the default).") { Negates = "ro" },
        new("allow_other", OptionKind.Switch, OptionScope.Mount, "Let users other than the one who mounts in; the default for root."),
        new("nonempty", OptionKind.Flag, OptionScope.Mount, "Mount over a directory that is not empty."),
        new("threads", OptionKind.Number, OptionScope.Mount, "Threads that read the kernel's requests; the default is the number of cores, at most 8.") { Minimum = 1, Maximum = 256 },
        new("memory", OptionKind.Size, OptionScope.Mount, "Memory for read-ahead and uploads; the default is a tenth of the machine's, 64 MiB to 2 GiB.") { Minimum = 16 << 20 },
        new("read_ahead", OptionKind.Size, OptionScope.Mount, "How far the kernel reads ahead in one file; the default is 4MiB.") { Maximum = 1 << 30 },

        new("endpoint", OptionKind.Text, OptionScope.Changeable, "The S3 server; the default is Amazon S3.") { ValueName = "URL" },
        new("region", OptionKind.Text, OptionScope.Changeable, "The bucket's region.") { ValueName = "REGION" },
        new("profile", OptionKind.Text, OptionScope.Changeable, "A profile of the AWS configuration files.") { ValueName = "NAME" },
        new("credentials_file", OptionKind.Path, OptionScope.Changeable, "A file of mode 0600 with credentials; the default is the AWS chain."),
        new("anonymous", OptionKind.Switch, OptionScope.Changeable, "Send unsigned requests, for public buckets."),
        new("ca_file", OptionKind.Path, OptionScope.Changeable, "Certificate authorities (PEM) of a server with private ones."),
        new("path_style", OptionKind.Switch, OptionScope.Changeable, "Put the bucket into the path instead of the host name; the default with an endpoint."),
        new("checksums", OptionKind.Choice, OptionScope.Changeable, "Checksums of uploads: only where required, or wherever supported; auto fits the server.") { Choices = ["auto", "required", "supported"] },

        new("cache", OptionKind.Path, OptionScope.Fixed, "Directory of the cache; the default is cache/ beside the file system's state."),
        new("cache_size", OptionKind.Size, OptionScope.Changeable, "Bytes the cache may occupy; the default is what the disk has, less a reserve.") { Minimum = 64 << 20 },
        new("auto_release", OptionKind.Switch, OptionScope.Changeable, "Release files from the cache when it is full; the default is on."),
        new("high_water", OptionKind.Number, OptionScope.Changeable, "Release files when the cache is fuller than so many percent; the default is 90.") { Minimum = 1, Maximum = 100 },
        new("low_water", OptionKind.Number, OptionScope.Changeable, "Release until the cache is no fuller than so many percent; the default is 80.") { Maximum = 99 },
        new("restore_tier", OptionKind.Choice, OptionScope.Changeable, "How fast, and at what price, S3 restores objects in an archive class; the default is standard.") { Choices = ["standard", "bulk", "expedited"] },
        new("restore_days", OptionKind.Number, OptionScope.Changeable, "Days that S3 keeps a restored copy; the default is 7.") { Minimum = 1, Maximum = 36_500 },

        new("uid", OptionKind.Number, OptionScope.Changeable, "Owner of files whose objects name none.") { Maximum = uint.MaxValue - 1 },
        new("gid", OptionKind.Number, OptionScope.Changeable, "Group of files whose objects name none.") { Maximum = uint.MaxValue - 1 },
        new("umask", OptionKind.Mode, OptionScope.Changeable, "Permission bits that files and directories whose objects name none do not get."),
        new("file_mode", OptionKind.Mode, OptionScope.Changeable, "Permissions of files whose objects name none; the default is 0644."),
        new("dir_mode", OptionKind.Mode, OptionScope.Changeable, "Permissions of directories whose objects name none; the default is 0755."),
        new("posix_metadata", OptionKind.Switch, OptionScope.Fixed, "Keep modes, owners and times in the objects' metadata; the default is on. off spares one HEAD for each file."),
        new("auto_import", OptionKind.Switch, OptionScope.Changeable, "Follow what others change in the repository without being asked; the default is on."),
        new("import_interval", OptionKind.Number, OptionScope.Changeable, "Seconds between two comparisons of what was looked at with the repository; the default is 300, 0 is never.") { ValueName = "SECONDS", Maximum = 31_536_000 },
        new("import_rate", OptionKind.Number, OptionScope.Mount, "Most listing requests a second that those comparisons make; the default is 10.") { Minimum = 1, Maximum = 1000 },
        new("events", OptionKind.Address, OptionScope.Changeable, "Receive the repositories' change events by HTTP at this port, by default of the loopback address; the default is off."),
        new("events_secret_file", OptionKind.Path, OptionScope.Changeable, "A file of mode 0600 with the secret that senders of events must give, 16 characters or more."),
        new("auto_export", OptionKind.Switch, OptionScope.Changeable, "Export changes without being asked; the default is on."),
        new("no_auto_export", OptionKind.Flag, OptionScope.Changeable, "The same as auto_export=off."),

        .. Pair("suid", "nosuid", "Honour set-user-ID and set-group-ID bits; by default they are ignored, since they may come from a bucket."),
        .. Pair("dev", "nodev", "Honour device files; by default they are ignored."),
        .. Pair("noexec", "exec", "Execute nothing."),
        .. Pair("noatime", "atime", "Never update access times."),
        .. Pair("nodiratime", "diratime", "Never update access times of directories."),
        .. Pair("relatime", "norelatime", "Update access times when they are older than the last change (the default)."),
        .. Pair("strictatime", "nostrictatime", "Always update access times."),
        new("remount", OptionKind.Flag, OptionScope.Mount, "Change the options of a mounted file system that may change."),

        .. Foreign("_netdev", "nofail", "auto", "noauto", "user", "nouser", "users", "owner", "group", "defaults", "sync", "async", "dirsync",
            "lazytime", "nolazytime", "silent", "loud", "_rnetdev", "comment", "x-*", "X-*", "helper", "uhelper",
            // What the kernel itself shows of a FUSE mount: mount(8) hands it back with a remount.
            "user_id", "group_id", "default_permissions", "max_read", "blksize"),
    ];

    /// <summary>Finds the row of a name.</summary>
    /// <exception cref="UsageException">There is none: the message names the nearest one.</exception>
    public static MountOption Find(string name)
    {
        foreach (MountOption row in Rows)
        {
            if (row.Matches(name))
                return row;
        }
        if (UnsupportedYet.Contains(name, StringComparer.Ordinal))
            throw new UsageException($"the mount option '{name}' is not available in this version");
        string? nearest = NearestName.Of(name, Rows.Where(row => row.Name[^1] != '*').Select(row => row.Name));
        throw new UsageException(nearest is null
            ? $"unknown mount option '{name}'; 'fsxfuse mount --help' lists them all"
            : $"unknown mount option '{name}'; did you mean '{nearest}'?");
    }

    private static MountOption[] Pair(string name, string opposite, string help) =>
    [
        new(name, OptionKind.Flag, OptionScope.Mount, help),
        new(opposite, OptionKind.Flag, OptionScope.Mount, "") { Negates = name },
    ];

    private static IEnumerable<MountOption> Foreign(params string[] names) =>
        names.Select(name => new MountOption(name, OptionKind.Anything, OptionScope.Foreign, ""));
}
