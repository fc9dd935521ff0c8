using FsxFuse.Metadata;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Export;

/// <summary>One name of an inode and the object that should be there, as the namespace was at the moment of looking.</summary>
/// <param name="Name">The entry.</param>
/// <param name="Path">Its path from the root of the file system, for people.</param>
/// <param name="Place">The key, or why there is none.</param>
internal readonly record struct ExportPlace(DentryRow Name, string Path, KeyPlace Place)
{
    public Link Link => Place.Link!;

    public string Key => Place.Key;

    /// <summary>Every name of an inode.</summary>
    public static async ValueTask<IReadOnlyList<ExportPlace>> OfAsync(ExportContext context, InodeRow inode, CancellationToken cancel)
    {
        IReadOnlyList<DentryRow> names = await context.Store.GetNamesAsync(inode.Id, cancel).ConfigureAwait(false);
        List<ExportPlace> places = new(names.Count);
        foreach (DentryRow name in names)
        {
            if (await OfAsync(context, name, inode.IsDirectory, cancel).ConfigureAwait(false) is { } place)
                places.Add(place);
        }
        return places;
    }

    /// <summary>One name; null when its directory is not live any more.</summary>
    public static async ValueTask<ExportPlace?> OfAsync(ExportContext context, DentryRow name, bool isDirectory, CancellationToken cancel)
    {
        if (await context.Paths.GetKeyAsync(name.Parent, name.Name, isDirectory, cancel).ConfigureAwait(false) is not { } place
            || await context.Paths.GetDirectoryPathAsync(name.Parent, cancel).ConfigureAwait(false) is not { } parent)
            return null;
        return new ExportPlace(name, NamespacePaths.Combine(parent, name.Name), place);
    }

    /// <summary>Whether objects exist for this type of inode (FIFOs, sockets and devices live in the file system alone).</summary>
    public static bool IsExportable(InodeRow inode) => inode.Type is FileType.Regular or FileType.Directory or FileType.Symlink;
}
