using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// Directory streams. "." has cookie 1 and ".." cookie 2; every other entry the cookie of its dentry plus 2: growing with every
/// insertion and never reused, so that a reader's place survives what others do.
/// </summary>
internal sealed class Directories(Volume volume, NameLookup names)
{
    public const long DotCookie = 1;
    public const long DotDotCookie = 2;

    /// <summary>The cookie the kernel gets for an entry.</summary>
    public static ulong ToCookie(DentryRow dentry) => (ulong)(dentry.Cookie + DotDotCookie);

    /// <summary>
    /// Puts the chunk that follows a cookie in the open directory's buffer; returns the index in it of the first entry to show.
    /// Starting over (cookie 0) reads the names anew, as rewinddir(3) promises.
    /// </summary>
    public async ValueTask<int> FillAsync(OpenDirectory open, ulong cookie, bool withInodes, CancellationToken cancel)
    {
        if (!open.IsListed)
        {
            await names.ListAsync(open.Node, cancel).ConfigureAwait(false);
            open.IsListed = true;
        }

        if (cookie == 0 || open.LastCookie < 0)
        {
            open.LastCookie = volume.Store.AllocateIds();
        }

        long after = Math.Max(0, (long)cookie - DotDotCookie);
        if (cookie != 0 && open.ChunkAfter >= 0 && (open.ChunkHasInodes || !withInodes))
        {
            int index = IndexAfter(open, after);
            if (index >= 0)
            {
                return index;
            }
        }

        open.Chunk.Clear();
        if (withInodes)
        {
            await volume.Store.ReadDirectoryPlusAsync(open.Node.Id, after, OpenDirectory.PlusEntries, open.Chunk, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            List<DentryRow> entries = [];
            await volume.Store.ReadDirectoryAsync(open.Node.Id, after, OpenDirectory.ChunkEntries, entries, CancellationToken.None).ConfigureAwait(false);
            open.Chunk.AddRange(entries.Select(entry => new NamedInode(entry, null!)));
        }

        open.Chunk.RemoveAll(entry => entry.Dentry.Cookie > open.LastCookie);
        open.ChunkAfter = after;
        open.ChunkHasInodes = withInodes;
        return 0;
    }

    /// <summary>Where a chunk goes on after a cookie; -1 when the chunk does not hold that place or ends there.</summary>
    private static int IndexAfter(OpenDirectory open, long after)
    {
        List<NamedInode> chunk = open.Chunk;
        if (chunk.Count == 0 || after < open.ChunkAfter || after >= chunk[^1].Dentry.Cookie)
        {
            return -1;
        }

        int low = 0, high = chunk.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (chunk[middle].Dentry.Cookie > after)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
