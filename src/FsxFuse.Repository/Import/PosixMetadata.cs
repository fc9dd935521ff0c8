using System.Globalization;
using System.Text;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>
/// What an object's user metadata says about the file it is: read leniently from FSx's own keys (also written by DataSync, Storage
/// Gateway and S3 Files) and, where one is absent, from what s3fs, rclone and geesefs leave. A value that cannot be read counts as absent.
/// </summary>
public sealed record PosixMetadata
{
    /// <summary>FSx: octal st_mode with its type bits.</summary>
    public const string PermissionsKey = "file-permissions";

    /// <summary>FSx: decimal uid.</summary>
    public const string OwnerKey = "file-owner";

    /// <summary>FSx: decimal gid.</summary>
    public const string GroupKey = "file-group";

    /// <summary>FSx: last access, nanoseconds followed by <c>ns</c>.</summary>
    public const string AtimeKey = "file-atime";

    /// <summary>FSx: last change, nanoseconds followed by <c>ns</c>.</summary>
    public const string MtimeKey = "file-mtime";

    /// <summary>Who wrote the object.</summary>
    public const string AgentKey = "user-agent";

    /// <summary>Ours: <c>file system/inode/dirty version/attempt</c> of the upload.</summary>
    public const string VersionKey = "fsxfuse-version";

    private const string GeesefsSymlinkKey = "--symlink-target";

    /// <summary>Says nothing.</summary>
    public static PosixMetadata None { get; } = new();

    /// <summary>Permission bits (0–07777), without type; null when not told.</summary>
    public uint? Permissions { get; init; }

    /// <summary>Owner; null when not told.</summary>
    public uint? Uid { get; init; }

    /// <summary>Group; null when not told.</summary>
    public uint? Gid { get; init; }

    /// <summary>Last access, ns since 1970; null when not told.</summary>
    public long? AtimeNs { get; init; }

    /// <summary>Last change, ns since 1970; null when not told.</summary>
    public long? MtimeNs { get; init; }

    /// <summary>Whether the type bits say that the object's body is the target of a symbolic link.</summary>
    public bool IsSymlink { get; init; }

    /// <summary>The target of a symbolic link that is kept in the metadata instead of the body (geesefs); else null.</summary>
    public string? SymlinkTarget { get; init; }

    /// <summary>Reads user metadata (names in lower case, without <c>x-amz-meta-</c>). Never throws.</summary>
    public static PosixMetadata Read(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.Count == 0)
            return None;
        uint? mode = PosixValues.OctalMode(Get(metadata, PermissionsKey)) ?? PosixValues.ForeignMode(Get(metadata, "mode"))
            ?? PosixValues.OctalMode(Get(metadata, "permissions"));
        string? target = Get(metadata, GeesefsSymlinkKey);
        return new PosixMetadata
        {
            Permissions = mode & 0xFFF,
            Uid = PosixValues.Id(Get(metadata, OwnerKey)) ?? PosixValues.Id(Get(metadata, "uid")),
            Gid = PosixValues.Id(Get(metadata, GroupKey)) ?? PosixValues.Id(Get(metadata, "gid")),
            AtimeNs = PosixValues.FsxTime(Get(metadata, AtimeKey)) ?? PosixValues.ForeignTime(Get(metadata, "atime")),
            MtimeNs = PosixValues.FsxTime(Get(metadata, MtimeKey)) ?? PosixValues.ForeignTime(Get(metadata, "mtime")),
            IsSymlink = !string.IsNullOrEmpty(target) || (mode & FileType.Mask) == FileType.Symlink,
            SymlinkTarget = string.IsNullOrEmpty(target) ? null : Uri.UnescapeDataString(target),
        };
    }

    /// <summary>
    /// The user metadata of an upload: ours, and whatever else the object carried before (<paramref name="existing"/>), in which
    /// POSIX values in the forms of other tools are brought up to date so that they never contradict ours.
    /// </summary>
    /// <param name="inode">The inode: mode with type bits, owner, times.</param>
    /// <param name="version">The upload's <see cref="VersionKey"/>; null for none.</param>
    /// <param name="existing">User metadata of the object that is replaced; null for none.</param>
    public static Dictionary<string, string> Write(InodeRow inode, string? version, IReadOnlyDictionary<string, string>? existing = null)
    {
        Dictionary<string, string> metadata = existing is null ? new(StringComparer.Ordinal) : new(existing, StringComparer.Ordinal);
        // Seven digits, as stat(2) writes st_mode: 0100644, 0040755.
        metadata[PermissionsKey] = Convert.ToString(inode.Mode & 0xFFFF, 8).PadLeft(7, '0');
        metadata[OwnerKey] = inode.Uid.ToString(CultureInfo.InvariantCulture);
        metadata[GroupKey] = inode.Gid.ToString(CultureInfo.InvariantCulture);
        metadata[AtimeKey] = string.Create(CultureInfo.InvariantCulture, $"{inode.AtimeNs}ns");
        metadata[MtimeKey] = string.Create(CultureInfo.InvariantCulture, $"{inode.MtimeNs}ns");
        metadata[AgentKey] = "fsxfuse";
        metadata.Remove(VersionKey);
        if (version is not null)
            metadata[VersionKey] = version;
        // The target is the body of what we write.
        metadata.Remove(GeesefsSymlinkKey);
        metadata.Remove("permissions");
        Replace(metadata, "mode", old => old.StartsWith('0') ? "0" + Convert.ToString(inode.Mode & 0xFFFF, 8) : (inode.Mode & 0xFFFF).ToString(CultureInfo.InvariantCulture));
        Replace(metadata, "uid", _ => inode.Uid.ToString(CultureInfo.InvariantCulture));
        Replace(metadata, "gid", _ => inode.Gid.ToString(CultureInfo.InvariantCulture));
        Replace(metadata, "mtime", old => PosixValues.Seconds(inode.MtimeNs, withFraction: old.Contains('.', StringComparison.Ordinal)));
        Replace(metadata, "atime", old => PosixValues.Seconds(inode.AtimeNs, withFraction: old.Contains('.', StringComparison.Ordinal)));
        return metadata;
    }

    /// <summary><see cref="SymlinkTarget"/> as the bytes of a link.</summary>
    internal byte[]? InlineTarget => SymlinkTarget is null ? null : Encoding.UTF8.GetBytes(SymlinkTarget);

    private static string? Get(IReadOnlyDictionary<string, string> metadata, string key) => metadata.TryGetValue(key, out string? value) ? value : null;

    private static void Replace(Dictionary<string, string> metadata, string key, Func<string, string> value)
    {
        if (metadata.TryGetValue(key, out string? old))
            metadata[key] = value(old);
    }
}
