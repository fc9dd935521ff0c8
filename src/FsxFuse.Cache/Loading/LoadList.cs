namespace FsxFuse.Cache;

/// <summary>
/// The loads of one content that are under way, and the choice of what to load next. No two of them overlap, which is what makes
/// one request of many readers' misses. Guarded by the content's lock.
/// </summary>
internal sealed class LoadList
{
    // Present pages between two missing runs that are fetched along, rather than paying for one more request.
    private const int MergeGapPages = 16;

    private readonly List<Load> _loads = [];

    internal int Count => _loads.Count;

    /// <summary>The load that covers this byte.</summary>
    internal Load? Find(long offset)
    {
        foreach (Load load in _loads)
        {
            if (offset >= load.Start && offset < load.End)
                return load;
        }

        return null;
    }

    internal void Add(Load load) => _loads.Add(load);

    internal void Remove(Load load) => _loads.Remove(load);

    /// <summary>A truncation: loads that reach beyond <paramref name="length"/> are no longer to be joined or kept.</summary>
    internal void Cut(long length)
    {
        for (int i = _loads.Count - 1; i >= 0; i--)
        {
            if (_loads[i].End > length)
            {
                _loads[i].Stale = _loads[i].Dropped = true;
                _loads.RemoveAt(i);
            }
        }
    }

    /// <summary>A release: what is under way serves those who wait, but is not kept.</summary>
    internal void Drop()
    {
        foreach (Load load in _loads)
            load.Dropped = true;
        _loads.Clear();
    }

    /// <summary>
    /// The next range to load in [<paramref name="page"/>, <paramref name="limit"/>): starts at a page that is absent and not under way, is at most
    /// <paramref name="maxPages"/> long, and touches no load. False when there is none.
    /// </summary>
    internal bool NextMissing(PageMap map, long page, long limit, long maxPages, out long start, out long end)
    {
        start = end = limit;
        while ((page = map.NextAbsent(page, limit)) < limit && Find(page * PageMap.PageSize) is { } load)
            page = PageMap.Pages(load.End);
        if (page >= limit)
            return false;
        start = page;
        long bound = Math.Min(limit, Math.Min(start + maxPages, NextStart(start)));
        map.RunAt(start, bound, out end);
        while (end < bound)
        {
            map.RunAt(end, bound, out long gapEnd);
            long resume = map.NextAbsent(gapEnd, Math.Min(bound, end + MergeGapPages + 1));
            if (resume >= bound || resume - end > MergeGapPages)
                break;
            map.RunAt(resume, bound, out end);
        }

        return true;
    }

    /// <summary>
    /// Widens the missing run around <paramref name="page"/> to its block of <paramref name="blockPages"/>, as far as pages are absent and not under way.
    /// </summary>
    internal void Widen(PageMap map, ref long page, ref long end, long sourcePages, int blockPages)
    {
        long blockStart = page / blockPages * blockPages;
        while (page > blockStart && map.Get(page - 1) == PageState.Absent && Find((page - 1) * PageMap.PageSize) is null)
            page--;
        long blockEnd = Math.Min(sourcePages, (end + blockPages - 1) / blockPages * blockPages);
        while (end < blockEnd && map.Get(end) == PageState.Absent && Find(end * PageMap.PageSize) is null)
            end++;
    }

    private long NextStart(long page)
    {
        long next = long.MaxValue;
        foreach (Load load in _loads)
        {
            long start = load.Start / PageMap.PageSize;
            if (start > page && start < next)
                next = start;
        }

        return next;
    }
}
