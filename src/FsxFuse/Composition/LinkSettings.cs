using FsxFuse.Options;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Composition;

/// <summary>Brings mount options into the forms in which the repository takes them.</summary>
internal static class LinkSettings
{
    /// <summary>A link's options with what was given as mount options; what was not given stays.</summary>
    /// <param name="link">The options so far.</param>
    /// <param name="given">What was given now.</param>
    /// <param name="effective">What holds altogether, the given and the remembered: a mask and a mode may come at different times.</param>
    public static LinkOptions Apply(LinkOptions link, OptionSet given, OptionSet effective) => link with
    {
        Endpoint = given.Text("endpoint") ?? link.Endpoint,
        Region = given.Text("region") ?? link.Region,
        Profile = given.Text("profile") ?? link.Profile,
        CredentialsFile = given.Text("credentials_file") ?? link.CredentialsFile,
        Anonymous = given.Switch("anonymous") ?? link.Anonymous,
        PathStyle = given.Switch("path_style") ?? link.PathStyle,
        Checksums = given.Text("checksums") ?? link.Checksums,
        CaFile = given.Text("ca_file") ?? link.CaFile,
        DefaultUid = (uint?)given.Number("uid") ?? link.DefaultUid,
        DefaultGid = (uint?)given.Number("gid") ?? link.DefaultGid,
        DefaultFileMode = given.Has("file_mode") || given.Has("umask") ? Mode(effective, "file_mode", 0b110_110_110) : link.DefaultFileMode,
        DefaultDirectoryMode = given.Has("dir_mode") || given.Has("umask") ? DirectoryMode(effective) : link.DefaultDirectoryMode,
        PosixMetadata = given.Switch("posix_metadata") ?? link.PosixMetadata,
        RestoreTier = given.Text("restore_tier") ?? link.RestoreTier,
        RestoreDays = (int?)given.Number("restore_days") ?? link.RestoreDays,
        ImportInterval = given.Number("import_interval") ?? link.ImportInterval,
        ImportPolicy = Switch(given.Switch("auto_import"), link.ImportPolicy),
        ExportPolicy = Switch(given.Switch("auto_export"), link.ExportPolicy),
    };

    // A policy that names some events stays as it is when it is switched on again.
    private static RepositoryEvents Switch(bool? given, RepositoryEvents policy) => given switch
    {
        true => policy == RepositoryEvents.None ? RepositoryEvents.All : policy,
        false => RepositoryEvents.None,
        null => policy,
    };

    /// <summary>Permission bits of directories that name none: 0755 unless options say otherwise.</summary>
    public static uint DirectoryMode(OptionSet effective) =>
        effective.Has("dir_mode") || effective.Has("umask") ? Mode(effective, "dir_mode", 0b111_111_111) : 0b111_101_101;

    // A mask works on the mode given, or on all permissions of the type, as everywhere.
    private static uint Mode(OptionSet effective, string name, uint all) => (effective.Mode(name) ?? all) & ~(effective.Mode("umask") ?? 0);

    /// <summary>Opens a link's repository, counted; failures are told.</summary>
    public static OpenObjectStore Opener(RequestCounters counters, TimeProvider time, Action<RepositoryUrl, ObjectStoreException>? failed = null) => (url, options) =>
    {
        try
        {
            return new CountingObjectStore(LinkStores.Open(url, options, time), counters, failure => failed?.Invoke(url, failure));
        }
        catch (ObjectStoreException e)
        {
            failed?.Invoke(url, e);
            throw;
        }
    };
}
