using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

/// <summary>What others commit reaches the nodes held here.</summary>
public sealed class ChangeFeedTests : IAsyncLifetime
{
    private Workbench _bench = null!;

    public async Task InitializeAsync() => _bench = await Workbench.CreateAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_row_of_others_is_taken_and_cuts_what_the_kernel_may_keep()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        long seen = _bench.Volume.ForeignChanges;
        Assert.Equal(TimeSpan.FromHours(24), _bench.Volume.TimeoutSince(seen));
        Batch batch = new(_bench.Repository);
        batch.Update(file.Row, file.Row with { Size = 77 });
        await _bench.Store.CommitAsync(batch);
        Assert.Equal(77, file.Row.Size);
        Assert.Equal(TimeSpan.Zero, _bench.Volume.TimeoutSince(seen));
    }

    [Fact]
    public async Task The_kernel_drops_attributes_only_when_others_changed_what_stat_tells()
    {
        List<long> dropped = [];
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        _bench.Volume.DropAttributes = dropped.Add;
        Batch archived = new(_bench.Repository);
        archived.Update(file.Row, file.Row with { Flags = file.Row.Flags | InodeFlags.Archived });
        await _bench.Store.CommitAsync(archived);
        Assert.True(file.Row.Flags.HasFlag(InodeFlags.Archived));
        Assert.Empty(dropped);
        Batch changed = new(_bench.Repository);
        changed.Update(file.Row, file.Row with { Mode = file.Row.Mode ^ 1 });
        await _bench.Store.CommitAsync(changed);
        Assert.Equal([file.Id], dropped);
    }

    [Fact]
    public async Task A_merge_of_others_is_read_again()
    {
        await _bench.Store.CommitAsync(new Batch(_bench.Repository).Add(new RowWrite.MergeInode(InodeRow.RootId, 0, long.MaxValue / 2, 3)));
        Assert.True(_bench.Root.IsStale);
        await _bench.Volume.RefreshAsync(_bench.Root);
        Assert.Equal(5, _bench.Root.Row.NLink);
    }

    [Fact]
    public async Task A_directory_row_read_before_a_change_is_not_remembered_after_it()
    {
        int changes = _bench.Root.DirectoryChanges;
        DirectoryRow old = (await _bench.Store.GetDirectoryAsync(InodeRow.RootId))!;
        await _bench.LinkRootAsync();
        _bench.Root.LearnDirectory(old, changes);
        Assert.Equal(1, (await _bench.Volume.GetDirectoryAsync(_bench.Root))!.LinkId);
    }

    [Fact]
    public async Task An_orphan_of_others_is_removed()
    {
        Node file = await _bench.MakeFileAsync(_bench.Root, "f", "text");
        _bench.Volume.Nodes.Forget(file.Id, 1);
        Batch batch = new(_bench.Repository);
        batch.Update(file.Row, file.Row with { NLink = 0 });
        batch.Add(new RowWrite.DeleteDentry(InodeRow.RootId, new FileName("f"))).Add(new RowWrite.PutOrphan(file.Id));
        await _bench.Store.CommitAsync(batch);
        await Eventually.TrueAsync(async () => await _bench.Store.GetInodeAsync(file.Id) is null);
    }

    [Fact]
    public async Task An_attribute_of_others_is_looked_for_again()
    {
        Node file = await _bench.MakeAsync(_bench.Root, "f");
        Assert.False(_bench.Volume.HasXattrs);
        file.LacksXattr(ExtendedAttributes.CapabilityName);
        Assert.False(file.MayHaveCapability);
        XattrRow row = new() { Inode = file.Id, Name = ExtendedAttributes.CapabilityName, Value = [1] };
        await _bench.Store.CommitAsync(new Batch(_bench.Repository).Add(new RowWrite.PutXattr(row)));
        Assert.True(_bench.Volume.HasXattrs && file.MayHaveCapability);
        file.LacksXattr(ExtendedAttributes.CapabilityName);
        Assert.True(file.MayHaveCapability);
    }

    [Fact]
    public async Task A_directory_listed_just_now_is_dropped_from_the_kernel_when_its_names_change()
    {
        List<long> dropped = [];
        _bench.Volume.DropAttributes = dropped.Add;
        await _bench.MakeAsync(_bench.Root, "a");
        Assert.Empty(dropped);
        _bench.Root.ListedNs = _bench.Volume.NowNs;
        await _bench.MakeAsync(_bench.Root, "b");
        await _bench.MakeAsync(_bench.Root, "c");
        Assert.Equal([InodeRow.RootId], dropped);
        Assert.Equal(TimeSpan.Zero, AttributeReplies.Entry(_bench.Root, TimeSpan.FromHours(1)).AttrTimeout);
    }
}
