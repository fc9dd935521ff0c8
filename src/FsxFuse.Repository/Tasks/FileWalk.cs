using System.Runtime.CompilerServices;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Tasks;

/// <summary>The regular files at and below paths; what was never listed is listed on the way.</summary>
internal sealed class FileWalk(IMetadataStore store, INamespaceSource names)
{
    private const int PageSize = 500;

    /// <summary>A file, with a path for reports.</summary>
    public readonly record struct Found(string Path, InodeRow Inode);

    /// <summary>What is at a path; null when nothing is.</summary>
    public async ValueTask<NamedInode?> ResolveAsync(string path, CancellationToken cancel)
    {
        long at = InodeRow.RootId;
        NamedInode? found = null;
        foreach (string component in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            FileName name = new(component);
            if (found is { Inode.IsDirectory: false } || name.Length > FileName.MaxLength)
                return null;
            if (await store.GetDentryAsync(at, name, cancel).ConfigureAwait(false) is null)
                await names.ImportNameAsync(at, name, cancel).ConfigureAwait(false);
            found = await store.LookupAsync(at, name, cancel).ConfigureAwait(false);
            if (found is not { } next)
                return null;
            at = next.Inode.Id;
        }
        if (found is not null)
            return found;
        InodeRow? root = await store.GetInodeAsync(InodeRow.RootId, cancel).ConfigureAwait(false);
        return root is null ? null : new NamedInode(new DentryRow { Parent = root.Id, Name = new FileName([]), Child = root.Id, Cookie = 0 }, root);
    }

    /// <summary>Enumerates files, depth first; a directory's entries are read a page at a time.</summary>
    public async IAsyncEnumerable<Found> FilesAsync(string path, NamedInode start, [EnumeratorCancellation] CancellationToken cancel)
    {
        path = "/" + path.Trim('/');
        if (!start.Inode.IsDirectory)
        {
            if (start.Inode.IsRegular)
                yield return new Found(path, start.Inode);
            yield break;
        }
        Stack<(long Id, string Path)> directories = new([(start.Inode.Id, path == "/" ? "" : path)]);
        List<NamedInode> page = [];
        while (directories.TryPop(out (long Id, string Path) directory))
        {
            await names.ListAsync(directory.Id, cancel).ConfigureAwait(false);
            long cookie = 0;
            while (await store.ReadDirectoryPlusAsync(directory.Id, cookie, PageSize, page, cancel).ConfigureAwait(false) > 0)
            {
                cookie = page[^1].Dentry.Cookie;
                foreach (NamedInode entry in page)
                {
                    string at = $"{directory.Path}/{entry.Dentry.Name}";
                    if (entry.Inode.IsDirectory)
                        directories.Push((entry.Inode.Id, at));
                    else if (entry.Inode.IsRegular)
                        yield return new Found(at, entry.Inode);
                }
                page.Clear();
            }
        }
    }
}
