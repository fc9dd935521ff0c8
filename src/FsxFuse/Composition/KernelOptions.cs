using FsxFuse.FileSystem;
using FsxFuse.Fuse;
using FsxFuse.Mounting;
using FsxFuse.Native;
using FsxFuse.Options;

namespace FsxFuse.Composition;

/// <summary>Brings mount options into the forms in which the FUSE library takes them.</summary>
internal static class KernelOptions
{
    private const long DefaultReadAhead = 4 << 20;

    /// <summary>Where and how to mount.</summary>
    public static MountOptions Mount(MountPlan plan)
    {
        OptionSet options = plan.Request.Options;
        return new MountOptions
        {
            MountPoint = plan.Preparation.Mountpoint,
            Source = plan.Request.SourceText,
            SubType = MountEntry.OurType["fuse.".Length..],
            AllowOther = options.Switch("allow_other") ?? Libc.GetEffectiveUserId() == 0,
            ReadOnly = options.Has("ro"),
            NoSuid = !options.Has("suid"),
            NoDev = !options.Has("dev"),
            NoExec = options.Has("noexec"),
            NoATime = options.Has("noatime"),
            NoDirATime = options.Has("nodiratime"),
            // Dead mounts were looked for and removed before.
            ReplaceStale = false,
        };
    }

    /// <summary>When reads move access times.</summary>
    public static AccessTimeRule AccessTimes(OptionSet options) =>
        options.Has("noatime") ? AccessTimeRule.Never : options.Has("strictatime") ? AccessTimeRule.Strict : AccessTimeRule.Relative;

    /// <summary>What to negotiate and how to serve.</summary>
    /// <param name="options">The options given.</param>
    /// <param name="stacked">The cache is on overlayfs: passthrough needs another level of stacking.</param>
    public static ConnectionOptions Connection(OptionSet options, bool stacked) => new()
    {
        Capabilities = FsxFileSystem.Capabilities,
        ReaderThreads = (int)(options.Number("threads") ?? 0),
        ReadAheadKib = (int)((options.Number("read_ahead") ?? DefaultReadAhead) >> 10),
        MaxStackDepth = stacked ? 2u : 1u,
    };
}
