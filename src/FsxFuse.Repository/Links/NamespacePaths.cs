using System.Text;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Links;

/// <summary>
/// Where things are in the namespace as it is now: paths, and the keys that follow from them. Everything is read from the store at
/// each call; an answer is as old as the call, so whoever acts on it guards its commit or looks again afterwards.
/// </summary>
public sealed class NamespacePaths(IMetadataStore store, LinkSet links)
{
    // Deeper than any path can be: a guard against reading a tree that changes under the walk.
    private const int MaxDepth = 65_536;

    /// <summary>
    /// The key prefix that follows from a directory's path (not <see cref="DirectoryRow.Prefix"/>, which lags behind after a move).
    /// Null when the directory is not live.
    /// </summary>
    public async ValueTask<KeyPlace?> GetPrefixAsync(long directory, CancellationToken cancel = default)
    {
        List<FileName> names = [];
        long id = directory;
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            if (links.FindByDirectory(id) is { } link)
                return Join(link, names);
            if (id == InodeRow.RootId)
                return new KeyPlace(null, "", null);
            if (await store.GetDirectoryAsync(id, cancel).ConfigureAwait(false) is not { } row)
                return null;
            names.Add(row.Name);
            id = row.Parent;
        }
        return null;
    }

    /// <summary>The key of a name, from the path of its directory. Null when the directory is not live.</summary>
    /// <param name="parent">The directory.</param>
    /// <param name="name">The name in it.</param>
    /// <param name="isDirectory">Whether the key of a marker (with a slash at its end) is wanted.</param>
    /// <param name="cancel">Cancels.</param>
    public async ValueTask<KeyPlace?> GetKeyAsync(long parent, FileName name, bool isDirectory, CancellationToken cancel = default)
    {
        if (await GetPrefixAsync(parent, cancel).ConfigureAwait(false) is not { } place)
            return null;
        if (!place.HasKey)
            return place;
        KeyFault? fault = KeyMap.ToKey(place.Key, name, isDirectory, out string key);
        return new KeyPlace(place.Link, key, fault);
    }

    /// <summary>The path of a directory: "/" or "/a/b". Null when it is not live.</summary>
    public async ValueTask<string?> GetDirectoryPathAsync(long directory, CancellationToken cancel = default)
    {
        List<FileName> names = [];
        for (int depth = 0; directory != InodeRow.RootId; depth++)
        {
            if (depth == MaxDepth || await store.GetDirectoryAsync(directory, cancel).ConfigureAwait(false) is not { } row)
                return null;
            names.Add(row.Name);
            directory = row.Parent;
        }
        StringBuilder path = new();
        for (int i = names.Count - 1; i >= 0; i--)
            path.Append('/').Append(names[i]);
        return path.Length == 0 ? "/" : path.ToString();
    }

    /// <summary>The path of an inode (of a file with several names: of one of them). Null when it has no name.</summary>
    public async ValueTask<string?> GetPathAsync(long inode, CancellationToken cancel = default)
    {
        if (inode == InodeRow.RootId)
            return "/";
        foreach (DentryRow dentry in await store.GetNamesAsync(inode, cancel).ConfigureAwait(false))
        {
            if (await GetDirectoryPathAsync(dentry.Parent, cancel).ConfigureAwait(false) is { } parent)
                return Combine(parent, dentry.Name);
        }
        return null;
    }

    /// <summary>The path of a name in a directory whose path is known.</summary>
    public static string Combine(string directoryPath, FileName name) => directoryPath == "/" ? $"/{name}" : $"{directoryPath}/{name}";

    /// <summary>
    /// What is at a path, of what was loaded so far: an unlisted directory on the way may hold more. Null when nothing is. The
    /// root has no entry: it is answered with an empty name.
    /// </summary>
    public ValueTask<NamedInode?> ResolvePathAsync(string path, CancellationToken cancel = default) => WalkAsync(InodeRow.RootId, path, cancel);

    /// <summary>
    /// What is at a key (full key, prefix included) by the paths of now, of what was loaded so far. A key with a slash at its end is
    /// only ever a directory's; one without is never a directory's.
    /// </summary>
    public async ValueTask<NamedInode?> ResolveKeyAsync(Link link, string key, CancellationToken cancel = default)
    {
        if (!key.StartsWith(link.Prefix, StringComparison.Ordinal) || KeyMap.FindFault(key.AsSpan(link.Prefix.Length)) is not null && key.Length > link.Prefix.Length)
            return null;
        NamedInode? found = await WalkAsync(link.Directory, key[link.Prefix.Length..], cancel).ConfigureAwait(false);
        bool wantsDirectory = key.Length == link.Prefix.Length || key[^1] == '/';
        return found is { } named && named.Inode.IsDirectory == wantsDirectory ? found : null;
    }

    private async ValueTask<NamedInode?> WalkAsync(long start, string path, CancellationToken cancel)
    {
        NamedInode? at = null;
        long id = start;
        foreach (string component in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at is { } parent && !parent.Inode.IsDirectory)
                return null;
            FileName name = new(component);
            if (name.Length > FileName.MaxLength)
                return null;
            at = await store.LookupAsync(id, name, cancel).ConfigureAwait(false);
            if (at is not { } child)
                return null;
            id = child.Inode.Id;
        }
        if (at is not null)
            return at;
        InodeRow? inode = await store.GetInodeAsync(start, cancel).ConfigureAwait(false);
        return inode is null ? null : new NamedInode(new DentryRow { Parent = start, Name = new FileName([]), Child = start, Type = 4, Cookie = 0 }, inode);
    }

    private static KeyPlace Join(Link link, List<FileName> names)
    {
        string key = link.Prefix;
        for (int i = names.Count - 1; i >= 0; i--)
        {
            if (KeyMap.ToKey(key, names[i], isDirectory: true, out string longer) is { } fault)
                return new KeyPlace(link, "", fault);
            key = longer;
        }
        return new KeyPlace(link, key, null);
    }
}
