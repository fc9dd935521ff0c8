using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Where in a link's keys anything is known here, so that a listing of it need not read what is not: below a directory that nobody listed,
/// only the remembered objects and the listed directories are of interest, and the listing leaps from one to the next.
/// </summary>
internal sealed class KnownPlaces
{
    private const int PageSize = 1000;

    // Above every character of a key.
    private const string Last = "\U0010FFFF";

    // Prefixes of listed directories in unlisted ones, in key order.
    private readonly List<string> _islands;

    private KnownPlaces(List<string> islands) => _islands = islands;

    public static async Task<KnownPlaces> LoadAsync(IMetadataStore store, Link link, CancellationToken cancel)
    {
        List<string> islands = [];
        DirectoryRow? parent = null;
        long after = 0;
        while (await store.GetDirectoriesAsync(link.Id, after, PageSize, cancel).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (DirectoryRow row in page)
            {
                if (row.Listing != ListingState.Complete || row.Prefix is null || row.Id == link.Directory)
                    continue;
                if (parent?.Id != row.Parent)
                    parent = await store.GetDirectoryAsync(row.Parent, cancel).ConfigureAwait(false);
                if (parent is { Listing: ListingState.Unlisted })
                    islands.Add(row.Prefix);
            }
            after = page[^1].Id;
        }
        islands.Sort(ObjectKey.Compare);
        return new KnownPlaces(islands);
    }

    /// <summary>The request for what follows; null when nothing known does.</summary>
    /// <param name="list">The request before.</param>
    /// <param name="here">The directory of the last key.</param>
    /// <param name="last">The last key listed; empty at the start.</param>
    /// <param name="token">What the listing would go on with; null at the start.</param>
    /// <param name="remembered">The next remembered object after <paramref name="last"/>.</param>
    public ListRequest? After(ListRequest list, TreeDirectory here, string last, string? token, ObjectRow? remembered)
    {
        ListRequest on = list with { ContinuationToken = token, StartAfter = token is null ? list.StartAfter : null };
        TreeDirectory? complete = here;
        string? unknown = null;
        for (; complete is not null && complete.Row is not { Listing: ListingState.Complete }; complete = complete.Parent)
            unknown = complete.Prefix;
        if (unknown is null)
            return on;
        string? to = complete is null ? null : unknown + Last;
        if (remembered is not null)
            to = Earlier(to, Before(remembered.Key));
        int island = _islands.BinarySearch(last, ObjectKey.Order);
        island = island < 0 ? ~island : island + 1;
        if (island < _islands.Count)
            to = Earlier(to, Before(_islands[island]));
        if (to is null)
            return null;
        return ObjectKey.Compare(to, last) > 0 ? list with { ContinuationToken = null, StartAfter = to } : on;
    }

    private static string Earlier(string? a, string b) => a is not null && ObjectKey.Compare(a, b) <= 0 ? a : b;

    // The text is exclusive as the start of a listing, so what is wanted is one below the key and above nearly all that come before it.
    private static string Before(string key) =>
        key[^1] is > ' ' and < '\u007f' && ObjectKey.ByteLength(key) < ObjectKey.MaxBytes - 4 ? $"{key[..^1]}{(char)(key[^1] - 1)}{Last}" : key[..^1];
}
