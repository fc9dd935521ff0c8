namespace FsxFuse.Repository.Objects.Local;

/// <summary>Pages of a walk. The walk of an unfinished page is kept for its successor, so a long listing reads each directory once.</summary>
internal sealed class LocalListing(LocalWalk walk) : IDisposable
{
    private const int MaxOpenWalks = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<(string Token, IEnumerator<LocalWalk.Item> Walk)> _open = new();

    public ListPage List(ListRequest request)
    {
        if (request.Delimiter is not (null or "" or "/"))
            throw new ObjectStoreException(ObjectStoreErrorKind.NotSupported, "A directory as repository is listed with the delimiter '/' or none.");
        bool fold = request.Delimiter is "/";
        IEnumerator<LocalWalk.Item> items = Take(Token(request, request.ContinuationToken))
            ?? walk.Run(request.Prefix, fold, request.ContinuationToken ?? request.StartAfter).GetEnumerator();
        var objects = new List<ObjectEntry>();
        var prefixes = new List<string>();
        int most = Math.Clamp(request.MaxKeys, 1, 1000);
        string last = "";
        while (objects.Count + prefixes.Count < most)
        {
            if (!items.MoveNext())
            {
                items.Dispose();
                return new ListPage(objects, prefixes, null);
            }
            LocalWalk.Item item = items.Current;
            last = item.Key;
            if (item.Object is { } o)
                objects.Add(LocalDescription.Entry(o.Key, o.Status, o.Record));
            else
                prefixes.Add(item.Key);
        }
        Keep(Token(request, last), items);
        return new ListPage(objects, prefixes, last);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach ((string _, IEnumerator<LocalWalk.Item> items) in _open)
                items.Dispose();
            _open.Clear();
        }
    }

    // The last key alone tells where to go on, should the walk be gone; the rest keeps walks of different listings apart.
    private static string Token(ListRequest request, string? last) => last is null ? "" : $"{request.Prefix}\0{request.Delimiter}\0{last}";

    private IEnumerator<LocalWalk.Item>? Take(string token)
    {
        lock (_gate)
        {
            for (LinkedListNode<(string Token, IEnumerator<LocalWalk.Item> Walk)>? node = _open.First; node is not null; node = node.Next)
            {
                if (node.Value.Token == token)
                {
                    _open.Remove(node);
                    return node.Value.Walk;
                }
            }
            return null;
        }
    }

    private void Keep(string token, IEnumerator<LocalWalk.Item> items)
    {
        lock (_gate)
        {
            _open.AddFirst((token, items));
            if (_open.Count <= MaxOpenWalks)
                return;
            _open.Last!.Value.Walk.Dispose();
            _open.RemoveLast();
        }
    }
}
