using System.Runtime.CompilerServices;

namespace FsxFuse.Repository.Objects;

/// <summary>Listings longer than a page.</summary>
public static class ObjectStoreListing
{
    /// <summary>Enumerates the pages of a listing, each fetched when the one before has been consumed.</summary>
    public static async IAsyncEnumerable<ListPage> ListPagesAsync(
        this IObjectStore store, ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ListPage page;
        do
        {
            page = await store.ListAsync(request, cancellationToken).ConfigureAwait(false);
            yield return page;
            request = request with { ContinuationToken = page.NextToken };
        }
        while (page.NextToken is not null);
    }

    /// <summary>Enumerates every object with a prefix, in key order, a page at a time.</summary>
    public static async IAsyncEnumerable<ObjectEntry> ListAllAsync(
        this IObjectStore store, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ListPage page in store.ListPagesAsync(new ListRequest { Prefix = prefix }, cancellationToken).ConfigureAwait(false))
        {
            foreach (ObjectEntry entry in page.Objects)
                yield return entry;
        }
    }
}
