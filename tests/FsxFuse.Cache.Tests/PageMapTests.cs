using FsxFuse.Metadata;

namespace FsxFuse.Cache.Tests;

public class PageMapTests
{
    [Fact]
    public void A_page_that_a_flush_covered_stays_stable_when_it_is_written_again()
    {
        var map = new PageMap();
        map.Set(2, 4, PageState.DirtyStable);
        map.Set(5, 6, PageState.Clean);
        Assert.True(map.SetWritten(1, 7));
        Assert.False(map.SetWritten(1, 7));
        Assert.True(map.HasAny(PageState.DirtyStable));
        Assert.False(map.HasAny(PageState.Clean));
        PageState[] states = [.. Enumerable.Range(0, 8).Select(page => map.Get(page))];
        Assert.Equal(
            [PageState.Absent, PageState.DirtyUnsynced, PageState.DirtyStable, PageState.DirtyStable, PageState.DirtyUnsynced, PageState.DirtyUnsynced, PageState.DirtyUnsynced, PageState.Absent],
            states);
    }

    [Theory]
    [InlineData(1, 3 * PageMap.PagesPerChunk + 77)]
    [InlineData(2, PageMap.PagesPerChunk)]
    [InlineData(3, 61)]
    [InlineData(4, 61)]
    [InlineData(5, 700)]
    public void Behaves_as_an_array_of_states(int seed, int pages)
    {
        var random = new Random(seed);
        var map = new PageMap();
        var model = new PageState[pages];
        var stored = new Dictionary<long, byte[]>();
        for (int step = 0; step < 3000; step++)
        {
            int start = random.Next(pages), end = Math.Min(pages, start + 1 + (random.Next(4) == 0 ? random.Next(pages) : random.Next(seed > 2 ? 6 : 40)));
            switch (random.Next(12))
            {
                case < 7:
                    var state = (PageState)random.Next(4);
                    bool differs = model.AsSpan(start, end - start).IndexOfAnyExcept(state) >= 0;
                    Assert.Equal(differs, map.Set(start, end, state));
                    model.AsSpan(start, end - start).Fill(state);
                    break;
                case 7:
                    PageState expected = model[start];
                    Assert.Equal(expected, map.RunAt(start, end, out long runEnd));
                    int next = model.AsSpan(start, end - start).IndexOfAnyExcept(expected);
                    Assert.Equal(next < 0 ? end : start + next, runEnd);
                    break;
                case 8:
                    int absent = model.AsSpan(start, end - start).IndexOf(PageState.Absent);
                    Assert.Equal(absent < 0 ? end : start + absent, map.NextAbsent(start, end));
                    int first = model.AsSpan().IndexOf(PageState.Absent);
                    Assert.Equal(first < 0 ? pages : first, map.FirstAbsent(pages));
                    break;
                case 9:
                    Assert.Equal(model.Count(s => s != PageState.Absent), map.CountPresent());
                    break;
                case 10:
                    foreach (BlockMapRow row in map.TakeChanges(5))
                        stored[row.Chunk] = row.Map;
                    map = PageMap.FromRows([.. stored.Select(s => new BlockMapRow { Content = 5, Chunk = s.Key, Map = s.Value })]);
                    break;
                default:
                    if (random.Next(10) == 0)
                    {
                        long gone = map.Clip(start);
                        foreach (long chunk in stored.Keys.Where(c => c >= gone).ToArray())
                            stored.Remove(chunk);
                        model.AsSpan(start).Clear();
                    }
                    else if (random.Next(10) == 0)
                    {
                        map.Replace(PageState.DirtyUnsynced, PageState.DirtyStable);
                        for (int i = 0; i < pages; i++)
                            model[i] = model[i] == PageState.DirtyUnsynced ? PageState.DirtyStable : model[i];
                    }

                    break;
            }
        }

        for (int page = 0; page < pages; page++)
            Assert.Equal(model[page], map.Get(page));
    }

    [Fact]
    public void Uniform_chunks_cost_nothing_and_are_never_shared_when_changed()
    {
        PageMap a = new(), b = new();
        a.Set(0, PageMap.PagesPerChunk, PageState.Clean);
        b.Set(0, PageMap.PagesPerChunk, PageState.Clean);
        a.Set(5, 6, PageState.DirtyUnsynced);
        Assert.Equal(PageState.DirtyUnsynced, a.Get(5));
        Assert.Equal(PageState.Clean, b.Get(5));
    }

    [Fact]
    public void Changes_come_once_and_again_after_a_failed_commit()
    {
        var map = new PageMap();
        map.Set(0, 3, PageState.Clean);
        List<BlockMapRow> rows = map.TakeChanges(1);
        Assert.Equal([0x15], Assert.Single(rows).Map);
        Assert.False(map.HasChanges);
        map.Unstore(rows);
        Assert.Single(map.TakeChanges(1));
    }
}
