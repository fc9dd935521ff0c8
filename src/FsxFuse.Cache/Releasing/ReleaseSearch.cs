using FsxFuse.Cache.Native;
using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>Finds what may be released: the least recently used contents that the repository has, that nobody has open and nobody pinned.</summary>
internal sealed class ReleaseSearch(ContentCache cache, CacheParts parts)
{
    private const int PageSize = 1000;

    // Deeper than any path can be: a guard against a tree that changes under the walk.
    private const int MaxDepth = 65_536;

    private readonly Dictionary<long, bool> _pinned = [];

    /// <summary>Enough of them to give back <paramref name="wanted"/> bytes, least recently used first; fewer when there are no more.</summary>
    public async ValueTask<IReadOnlyList<ReleaseCandidate>> FindAsync(long wanted, CancellationToken cancel)
    {
        // The most recently used of those chosen is on top, and goes as soon as the others suffice.
        PriorityQueue<ReleaseCandidate, long> chosen = new();
        long bytes = 0, after = 0;
        while (true)
        {
            IReadOnlyList<ContentRow> rows = await parts.Store.GetContentsAsync(ContentFlags.Cached, after, PageSize, cancel).ConfigureAwait(false);
            foreach (ContentRow row in rows)
            {
                after = row.Id;
                if (await LookAsync(row, cancel).ConfigureAwait(false) is not { } candidate
                    || (bytes >= wanted && candidate.LastUseNs >= chosen.Peek().LastUseNs)
                    || await IsPinnedAsync(candidate.Inode.Id, cancel).ConfigureAwait(false))
                    continue;
                chosen.Enqueue(candidate, -candidate.LastUseNs);
                bytes += candidate.Bytes;
                while (bytes - chosen.Peek().Bytes >= wanted)
                    bytes -= chosen.Dequeue().Bytes;
            }
            if (rows.Count < PageSize)
                return [.. chosen.UnorderedItems.Select(item => item.Element).OrderBy(candidate => candidate.LastUseNs)];
        }
    }

    private async ValueTask<ReleaseCandidate?> LookAsync(ContentRow row, CancellationToken cancel)
    {
        if ((row.Flags & (ContentFlags.Dirty | ContentFlags.Writing)) != 0 || row.SourceLink == 0 || !parts.Source.IsLasting(row.SourceLink) || cache.IsOpen(row.Id)
            || DiskFile.Stat(parts.Files.PathOf(row.Id)) is not { Blocks: > 0 } file
            || await parts.Store.GetInodeAsync(row.Inode, cancel).ConfigureAwait(false) is not { } inode
            || (inode.Flags & (InodeFlags.NoRelease | InodeFlags.Lost)) != 0)
            return null;
        return new ReleaseCandidate(row.Id, inode, file.Blocks * 512, Math.Max(file.AtimeNs, inode.AtimeNs));
    }

    /// <summary>Whether one of its names is below a pinned directory.</summary>
    private async ValueTask<bool> IsPinnedAsync(long inode, CancellationToken cancel)
    {
        foreach (DentryRow name in await parts.Store.GetNamesAsync(inode, cancel).ConfigureAwait(false))
        {
            if (await IsDirectoryPinnedAsync(name.Parent, cancel).ConfigureAwait(false))
                return true;
        }
        return false;
    }

    private async ValueTask<bool> IsDirectoryPinnedAsync(long directory, CancellationToken cancel)
    {
        List<long> path = [];
        bool pinned = false;
        for (long id = directory; path.Count < MaxDepth; )
        {
            if (_pinned.TryGetValue(id, out pinned))
                break;
            path.Add(id);
            if (await parts.Store.GetInodeAsync(id, cancel).ConfigureAwait(false) is { } inode && inode.Flags.HasFlag(InodeFlags.NoRelease))
            {
                pinned = true;
                break;
            }
            if (id == InodeRow.RootId || await parts.Store.GetDirectoryAsync(id, cancel).ConfigureAwait(false) is not { } row)
                break;
            id = row.Parent;
        }
        // What hangs below a pinned directory is pinned; what was passed on the way up to one that is not is not.
        foreach (long id in path)
            _pinned[id] = pinned;
        return pinned;
    }
}
