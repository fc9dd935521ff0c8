using FsxFuse.Metadata;
using FsxFuse.Metadata.Sqlite;
using FsxFuse.Native;
using FsxFuse.Options;
using FsxFuse.State;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Composition;

/// <summary>Opens the metadata of a file system.</summary>
internal static class StoreOpening
{
    /// <summary>Opens it, or makes it for a new file system.</summary>
    public static async Task<IMetadataStore> OpenAsync(StateLocations locations, FileSystemConfig config, bool create, TimeProvider time, ILoggerFactory loggers)
    {
        OptionSet options = OptionSet.FromStored(config.Options);
        try
        {
            return await SqliteMetadataStore.OpenAsync(new SqliteStoreOptions
            {
                Path = locations.MetadataOf(config.Name),
                CreateIfMissing = create,
                RootUid = OwnerOf(options),
                RootGid = GroupOf(options),
                RootMode = FileType.Directory | LinkSettings.DirectoryMode(options),
            }, time, loggers.CreateLogger<SqliteMetadataStore>()).ConfigureAwait(false);
        }
        catch (MetadataStoreException e) when (e.Failure is MetadataFailure.Corrupt or MetadataFailure.Missing)
        {
            throw new CommandFailedException($"{e.Message.TrimEnd('.')}; {locations.AdviceWithoutBackup(config.Name)}", e);
        }
    }

    /// <summary>Owner of what names none: the option, else who mounts.</summary>
    public static uint OwnerOf(OptionSet options) => (uint?)options.Number("uid") ?? Libc.GetEffectiveUserId();

    /// <summary>Group of what names none: the option, else the group of who mounts.</summary>
    public static uint GroupOf(OptionSet options) => (uint?)options.Number("gid") ?? Libc.GetEffectiveGroupId();
}
