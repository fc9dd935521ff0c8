namespace FsxFuse.FileSystem.Tests;

public sealed class AccessTimeTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task The_first_read_after_a_change_counts_and_the_next_does_not()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        long now = _bench.Volume.NowNs + 1_000_000;
        Assert.True(file.Accessed(now));
        Assert.Equal(now, file.Current.AtimeNs);
        Assert.False(file.Accessed(now + 1));
        Assert.Equal(now, file.Current.AtimeNs);
        file.Accessed(now + 90_000_000_000_000);
        Assert.Equal(now + 90_000_000_000_000, file.Current.AtimeNs);
    }

    [Fact]
    public async Task The_mount_options_decide()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        _bench.AccessTimes.Rule = AccessTimeRule.Never;
        _bench.AccessTimes.Touch(file);
        Assert.Equal(0, file.PendingAtimeNs);
        _bench.AccessTimes.Rule = AccessTimeRule.Relative;
        _bench.AccessTimes.Touch(file);
        long first = file.PendingAtimeNs;
        Assert.True(first > 0);
        _bench.AccessTimes.Touch(file);
        Assert.Equal(first, file.PendingAtimeNs);
        _bench.AccessTimes.Rule = AccessTimeRule.Strict;
        while (_bench.Volume.NowNs == first)
        {
            await Task.Yield();
        }

        _bench.AccessTimes.Touch(file);
        Assert.True(file.PendingAtimeNs > first);
    }

    [Fact]
    public async Task One_that_the_kernel_forgets_keeps_its_access_time_until_that_is_stored()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        _bench.Volume.Nodes.Reference(file.Row);
        _bench.AccessTimes.Touch(file);
        long read = file.PendingAtimeNs;
        _bench.Volume.Nodes.Forget(file.Id, file.Lookups);
        Node again = _bench.Volume.Nodes.Reference(await _bench.RowAsync(file));
        Assert.Equal(read, again.Current.AtimeNs);
        _bench.Volume.Nodes.Forget(file.Id, again.Lookups);
        await _bench.AccessTimes.DisposeAsync();
        Assert.Equal(read, (await _bench.RowAsync(file)).AtimeNs);
        Assert.False(_bench.Volume.Nodes.TryGet(file.Id, out _));
    }

    [Fact]
    public async Task Many_are_stored_together_and_one_changed_meanwhile_spoils_no_other()
    {
        List<Node> files = [];
        for (int i = 0; i < 200; i++)
        {
            files.Add(await _bench.MakeAsync(_bench.Root, $"f{i}"));
            _bench.AccessTimes.Touch(files[^1]);
        }

        Metadata.InodeRow row = await _bench.RowAsync(files[3]);
        Metadata.Batch batch = new(_bench.Volume);
        batch.Update(row, row with { Uid = 7 });
        Assert.True((await _bench.Store.CommitAsync(batch)).Committed);
        await _bench.AccessTimes.DisposeAsync();
        Assert.Equal(files[0].Row.AtimeNs, (await _bench.RowAsync(files[0])).AtimeNs);
        Assert.True((await _bench.RowAsync(files[0])).AtimeNs >= files[0].Row.MtimeNs);
        Assert.Equal(0, files[150].PendingAtimeNs);
    }
}
