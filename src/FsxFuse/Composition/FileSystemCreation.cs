using FsxFuse.Metadata;
using FsxFuse.Options;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using FsxFuse.State;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Composition;

/// <summary>Makes a file system with its links; of one that cannot be made nothing stays.</summary>
internal sealed class FileSystemCreation(FileSystemCatalog catalog, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Creates it.</summary>
    /// <param name="config">The draft.</param>
    /// <param name="links">Repositories and the paths to link them to.</param>
    /// <param name="cancel">Cancels; nothing stays.</param>
    /// <exception cref="CommandFailedException">The name is taken.</exception>
    public async Task<IReadOnlyList<LinkRow>> CreateAsync(FileSystemConfig config, IReadOnlyList<(RepositoryUrl Url, string Path)> links, CancellationToken cancel)
    {
        if (catalog.IsTaken(config.Name))
            throw new CommandFailedException($"there is a file system '{config.Name}' already");
        catalog.BeginCreation(config.Name);
        try
        {
            IReadOnlyList<LinkRow> rows;
            await using (IMetadataStore store = await StoreOpening.OpenAsync(catalog.Locations, config, create: true, time, loggers).ConfigureAwait(false))
            {
                rows = await LinkAsync(store, config, links, cancel).ConfigureAwait(false);
                await store.SyncAsync(cancel).ConfigureAwait(false);
            }
            catalog.Save(config);
            return rows;
        }
        catch
        {
            catalog.Discard(config.Name);
            throw;
        }
    }

    /// <summary>Makes the links of a new file system, after looking whether each repository can be used.</summary>
    public async Task<IReadOnlyList<LinkRow>> LinkAsync(
        IMetadataStore store, FileSystemConfig config, IReadOnlyList<(RepositoryUrl Url, string Path)> links, CancellationToken cancel)
    {
        OptionSet options = OptionSet.FromStored(config.Options);
        LinkOptions linkOptions = LinkSettings.Apply(new LinkOptions(), options, options);
        (uint uid, uint gid) = (StoreOpening.OwnerOf(options), StoreOpening.GroupOf(options));
        OpenObjectStore open = LinkSettings.Opener(new RequestCounters(), time);
        AccessCheck access = new(time);
        DirectoryMaker directories = new(store, uid, gid, time);
        List<LinkRow> rows = [];
        LinkSet set = new(store, open, time, uid, gid);
        await using (set.ConfigureAwait(false))
        {
            await set.LoadAsync(cancel).ConfigureAwait(false);
            foreach ((RepositoryUrl url, string path) in links)
            {
                var bucket = open(url, linkOptions);
                await using (bucket.ConfigureAwait(false))
                    await access.RequireAsync(url, bucket, cancel).ConfigureAwait(false);
                long directory = await directories.EnsureAsync(path, cancel).ConfigureAwait(false);
                rows.Add((await set.CreateAsync(url, directory, path, linkOptions, cancel).ConfigureAwait(false)).Row);
            }
        }
        return rows;
    }
}
