using System.Numerics;
using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>
/// Which pages of a content are in its file. Kept as stored: two bits a page, one array for each 64 MiB chunk that has any page;
/// chunks that are all of one state share one array, so that a terabyte loaded costs next to nothing. Not thread-safe: guarded by
/// the content's lock.
/// </summary>
internal sealed class PageMap
{
    internal const int PageSize = 4096;
    internal const int PagesPerChunk = 16384;
    private const int ChunkBytes = PagesPerChunk / 4;

    // All pages of a chunk in one state: never written to (a change copies first).
    private static readonly byte[][] Uniform = [[], Filled(PageState.Clean), Filled(PageState.DirtyUnsynced), Filled(PageState.DirtyStable)];

    private readonly Dictionary<long, byte[]> _chunks = [];
    private readonly HashSet<long> _changed = [];

    // Every page before this one is present: FirstAbsent starts here, so that a file read from start to end is not scanned again and again.
    private long _presentBefore;

    /// <summary>True when chunks changed that no commit stored yet.</summary>
    internal bool HasChanges => _changed.Count > 0;

    /// <summary>Number of pages that cover <paramref name="bytes"/>.</summary>
    internal static long Pages(long bytes) => (bytes + PageSize - 1) / PageSize;

    internal static PageMap FromRows(IReadOnlyList<BlockMapRow> rows)
    {
        var map = new PageMap();
        foreach (BlockMapRow row in rows)
        {
            if (row.Map.Length > 0)
                map._chunks[row.Chunk] = Shared(row.Map.AsSpan(0, Math.Min(row.Map.Length, ChunkBytes)).ToArray());
        }

        return map;
    }

    internal PageState Get(long page) =>
        _chunks.TryGetValue(page / PagesPerChunk, out byte[]? chunk) ? Get(chunk, (int)(page % PagesPerChunk)) : PageState.Absent;

    /// <summary>The state at <paramref name="page"/> and the end (exclusive, at most <paramref name="limit"/>) of the run of pages that have it.</summary>
    internal PageState RunAt(long page, long limit, out long end)
    {
        PageState state = Get(page);
        end = page;
        while (end < limit)
        {
            long chunkStart = end / PagesPerChunk * PagesPerChunk;
            long chunkEnd = Math.Min(limit, chunkStart + PagesPerChunk);
            if (_chunks.TryGetValue(end / PagesPerChunk, out byte[]? chunk))
            {
                long stop = chunkStart + RunEnd(chunk, (int)(end - chunkStart), (int)(chunkEnd - chunkStart), state);
                end = stop;
                if (stop < chunkEnd)
                    break;
            }
            else if (state == PageState.Absent)
            {
                end = chunkEnd;
            }
            else
            {
                break;
            }
        }

        return state;
    }

    /// <summary>The first absent page before <paramref name="limit"/>, or the limit.</summary>
    internal long FirstAbsent(long limit) => _presentBefore = NextAbsent(_presentBefore, limit);

    /// <summary>The first absent page in [<paramref name="page"/>, <paramref name="limit"/>), or the limit.</summary>
    internal long NextAbsent(long page, long limit)
    {
        while (page < limit && RunAt(page, limit, out long end) != PageState.Absent)
            page = end;
        return Math.Min(page, limit);
    }

    /// <summary>
    /// Records that the pages [<paramref name="start"/>, <paramref name="end"/>) were written; true when any changed its state. One that a flush covered
    /// stays stable: written over in place it has the old bytes or the new ones after a power loss, and the old ones were promised.
    /// </summary>
    internal bool SetWritten(long start, long end)
    {
        bool changed = false;
        for (long page = start, runEnd; page < end; page = runEnd)
        {
            if (RunAt(page, end, out runEnd) != PageState.DirtyStable)
                changed |= Set(page, runEnd, PageState.DirtyUnsynced);
        }

        return changed;
    }

    /// <summary>Sets the pages [<paramref name="start"/>, <paramref name="end"/>); true when any differed.</summary>
    internal bool Set(long start, long end, PageState state)
    {
        bool changed = false;
        while (start < end)
        {
            long number = start / PagesPerChunk;
            long chunkStart = number * PagesPerChunk;
            int from = (int)(start - chunkStart), to = (int)Math.Min(end - chunkStart, PagesPerChunk);
            if (SetInChunk(number, from, to, state))
            {
                _changed.Add(number);
                changed = true;
            }

            start = chunkStart + to;
        }

        if (changed && state == PageState.Absent)
            _presentBefore = 0;
        return changed;
    }

    /// <summary>Makes every page from <paramref name="pages"/> on absent; returns the first chunk that has no page any more.</summary>
    internal long Clip(long pages)
    {
        long firstGone = (pages + PagesPerChunk - 1) / PagesPerChunk;
        foreach (long number in _chunks.Keys.Where(n => n >= firstGone).ToArray())
        {
            _chunks.Remove(number);
            _changed.Remove(number);
        }

        if (pages % PagesPerChunk != 0)
            Set(pages, firstGone * PagesPerChunk, PageState.Absent);
        _presentBefore = Math.Min(_presentBefore, pages);
        return firstGone;
    }

    /// <summary>Turns every page of one state into another.</summary>
    internal void Replace(PageState from, PageState to)
    {
        foreach (long number in _chunks.Keys.ToArray())
        {
            byte[] chunk = _chunks[number];
            int limit = chunk.Length * 4;
            for (int page = 0; page < limit;)
            {
                PageState state = Get(_chunks[number], page);
                int end = RunEnd(_chunks[number], page, limit, state);
                if (state == from)
                    Set(number * PagesPerChunk + page, number * PagesPerChunk + end, to);
                page = end;
            }
        }
    }

    /// <summary>True when a page is in this state, one other than absent.</summary>
    internal bool HasAny(PageState wanted) => _chunks.Values.Any(chunk =>
    {
        foreach (byte b in chunk)
        {
            int differs = b ^ Pattern(wanted);
            if ((~(differs | (differs >> 1)) & 0x55) != 0)
                return true;
        }

        return false;
    });

    /// <summary>Pages that are present.</summary>
    internal long CountPresent()
    {
        long count = 0;
        foreach (byte[] chunk in _chunks.Values)
        {
            foreach (byte b in chunk)
                count += BitOperations.PopCount((uint)((b | (b >> 1)) & 0x55));
        }

        return count;
    }

    /// <summary>The chunks changed since the last call, as rows to store. <see cref="Unstore"/> takes them back when the commit failed.</summary>
    internal List<BlockMapRow> TakeChanges(long content)
    {
        var rows = new List<BlockMapRow>(_changed.Count);
        foreach (long number in _changed)
        {
            ReadOnlySpan<byte> chunk = _chunks.GetValueOrDefault(number, []);
            rows.Add(new BlockMapRow { Content = content, Chunk = number, Map = chunk[..(chunk.LastIndexOfAnyExcept((byte)0) + 1)].ToArray() });
        }

        _changed.Clear();
        return rows;
    }

    /// <summary>Says that these rows were not stored after all.</summary>
    internal void Unstore(List<BlockMapRow> rows)
    {
        foreach (BlockMapRow row in rows)
            _changed.Add(row.Chunk);
    }

    private static PageState Get(byte[] chunk, int page) =>
        page >> 2 < chunk.Length ? (PageState)((chunk[page >> 2] >> ((page & 3) * 2)) & 3) : PageState.Absent;

    private static int RunEnd(byte[] chunk, int page, int limit, PageState state)
    {
        for (; page < limit && (page & 3) != 0; page++)
        {
            if (Get(chunk, page) != state)
                return page;
        }

        if (page >= limit)
            return limit;
        int from = Math.Min(page >> 2, chunk.Length), to = Math.Min((limit + 3) >> 2, chunk.Length);
        if (from < to)
        {
            int differs = chunk.AsSpan(from, to - from).IndexOfAnyExcept(Pattern(state));
            page = (differs < 0 ? to : from + differs) << 2;
        }

        for (; page < limit; page++)
        {
            if (page >> 2 >= chunk.Length)
                return state == PageState.Absent ? limit : page;
            if (Get(chunk, page) != state)
                return page;
        }

        return limit;
    }

    private bool SetInChunk(long number, int from, int to, PageState state)
    {
        byte[] chunk = _chunks.GetValueOrDefault(number, []);
        if (RunEnd(chunk, from, to, state) >= to)
            return false;
        int needed = state == PageState.Absent ? chunk.Length : Math.Max(chunk.Length, (to + 3) >> 2);
        if (needed > chunk.Length || IsShared(chunk))
        {
            int size = needed <= chunk.Length ? chunk.Length : Math.Min(ChunkBytes, (int)BitOperations.RoundUpToPowerOf2((uint)needed));
            Array.Resize(ref chunk, size);
            if (ReferenceEquals(chunk, _chunks.GetValueOrDefault(number)))
                chunk = (byte[])chunk.Clone();
        }

        to = Math.Min(to, chunk.Length * 4);
        int page = from;
        for (; page < to && (page & 3) != 0; page++)
            SetPage(chunk, page, state);
        int whole = to >> 2;
        if (page < to && whole > page >> 2)
        {
            chunk.AsSpan((page >> 2)..whole).Fill(Pattern(state));
            page = whole << 2;
        }

        for (; page < to; page++)
            SetPage(chunk, page, state);
        _chunks[number] = Shared(chunk);
        return true;
    }

    private static void SetPage(byte[] chunk, int page, PageState state)
    {
        int shift = (page & 3) * 2;
        chunk[page >> 2] = (byte)((chunk[page >> 2] & ~(3 << shift)) | ((int)state << shift));
    }

    private static byte Pattern(PageState state) => (byte)((int)state * 0x55);

    private static byte[] Filled(PageState state)
    {
        byte[] chunk = new byte[ChunkBytes];
        chunk.AsSpan().Fill(Pattern(state));
        return chunk;
    }

    private static bool IsShared(byte[] chunk) => ReferenceEquals(chunk, Uniform[1]) || ReferenceEquals(chunk, Uniform[2]) || ReferenceEquals(chunk, Uniform[3]);

    private static byte[] Shared(byte[] chunk)
    {
        if (chunk.Length < ChunkBytes || chunk[0] == 0)
            return chunk;
        byte[] uniform = Uniform[chunk[0] & 3];
        return uniform.Length > 0 && chunk.AsSpan().SequenceEqual(uniform) ? uniform : chunk;
    }
}
