namespace FsxFuse.Metadata.Tests.Conformance;

/// <summary>Each guard holds when it should, fails when it should, and a failed one leaves nothing done.</summary>
public abstract class GuardConformance<THarness> : StoreConformance<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task Inode_version()
    {
        InodeRow file = await AddFileAsync("a");
        await HoldsAsync(new Guard.InodeVersion(file.Id, 1));
        await FailsAsync(new Guard.InodeVersion(file.Id, 2));
        await FailsAsync(new Guard.InodeVersion(999_999, 0));
    }

    [Fact]
    public async Task Inode_linked()
    {
        InodeRow file = await AddFileAsync("a");
        await HoldsAsync(new Guard.InodeLinked(file.Id));
        await FailsAsync(new Guard.InodeLinked(999_999));
        await CommitAsync(new RowWrite.PutOrphan(file.Id));
        await FailsAsync(new Guard.InodeLinked(file.Id));
        await CommitAsync(new RowWrite.DeleteOrphan(file.Id), new RowWrite.PutInode(file with { NLink = 0 }));
        await FailsAsync(new Guard.InodeLinked(file.Id));
    }

    [Fact]
    public async Task Dentry_absent_and_is()
    {
        InodeRow file = await AddFileAsync("a");
        await HoldsAsync(new Guard.DentryAbsent(Root, Name("b")));
        await FailsAsync(new Guard.DentryAbsent(Root, Name("a")));
        await HoldsAsync(new Guard.DentryIs(Root, Name("a"), file.Id));
        await FailsAsync(new Guard.DentryIs(Root, Name("a"), file.Id + 1));
        await FailsAsync(new Guard.DentryIs(Root, Name("b"), file.Id));
    }

    [Fact]
    public async Task Directory_live_and_version()
    {
        DirectoryRow directory = await AddDirectoryAsync("d");
        await HoldsAsync(new Guard.DirectoryLive(directory.Id));
        await HoldsAsync(new Guard.DirectoryVersion(directory.Id, 1));
        await FailsAsync(new Guard.DirectoryVersion(directory.Id, 0));
        await CommitAsync(new RowWrite.DeleteDirectory(directory.Id));
        await FailsAsync(new Guard.DirectoryLive(directory.Id));
        await FailsAsync(new Guard.DirectoryVersion(directory.Id, 1));
    }

    [Fact]
    public async Task Directory_empty()
    {
        DirectoryRow directory = await AddDirectoryAsync("d");
        await HoldsAsync(new Guard.DirectoryEmpty(directory.Id));
        await AddFileAsync("x", directory.Id);
        await FailsAsync(new Guard.DirectoryEmpty(directory.Id));
        DirectoryRow unlisted = await AddDirectoryAsync("u", listing: ListingState.Unlisted);
        await FailsAsync(new Guard.DirectoryEmpty(unlisted.Id));
        await FailsAsync(new Guard.DirectoryEmpty(999_999));
    }

    [Fact]
    public async Task Content_version()
    {
        await CommitAsync(new RowWrite.PutContent(new ContentRow { Id = 60, Inode = 61, Version = 4 }));
        await HoldsAsync(new Guard.ContentVersion(60, 4));
        await FailsAsync(new Guard.ContentVersion(60, 3));
        await FailsAsync(new Guard.ContentVersion(61, 0));
    }

    [Fact]
    public async Task Export_version_and_key_not_queued()
    {
        ExportRow entry = await QueueAsync(new ExportRow { Kind = ExportKind.Key, LinkId = 1, Key = "k" });
        await HoldsAsync(new Guard.ExportVersion(entry.Id, entry.Version));
        await FailsAsync(new Guard.ExportVersion(entry.Id, entry.Version + 1));
        await FailsAsync(new Guard.ExportVersion(entry.Id + 1, entry.Version));
        await FailsAsync(new Guard.KeyNotQueued(1, "k"));
        await HoldsAsync(new Guard.KeyNotQueued(2, "k"));
        await HoldsAsync(new Guard.KeyNotQueued(1, "k2"));
        await QueueAsync(new ExportRow { Kind = ExportKind.Move, LinkId = 1, Subject = 5, Key = "m/" });
        await HoldsAsync(new Guard.KeyNotQueued(1, "m/"));
    }

    [Fact]
    public async Task Tree_epoch_rises_with_each_batch_that_names_it()
    {
        long epoch = await Store.GetTreeEpochAsync();
        await HoldsAsync(new Guard.TreeEpoch(epoch));
        Assert.Equal(epoch + 1, await Store.GetTreeEpochAsync());
        await FailsAsync(new Guard.TreeEpoch(epoch));
        Assert.Equal(epoch + 1, await Store.GetTreeEpochAsync());
        await Store.DisposeAsync();
        Store = await Harness.OpenAsync();
        Assert.Equal(epoch + 1, await Store.GetTreeEpochAsync());
    }

    [Fact]
    public async Task The_first_guard_that_fails_is_named()
    {
        Guard first = new Guard.DirectoryLive(999_998);
        CommitResult result = await Store.CommitAsync(new Batch()
            .Require(new Guard.DirectoryLive(Root)).Require(first).Require(new Guard.DirectoryLive(999_999)));
        Assert.Same(first, result.FailedGuard);
        Assert.True((await Store.CommitAsync(new Batch())).Committed);
    }

    [Fact]
    public async Task Updates_guard_the_version_they_read()
    {
        InodeRow file = await AddFileAsync("a");
        DirectoryRow directory = (await Store.GetDirectoryAsync(Root))!;
        Batch batch = new();
        InodeRow stored = batch.Update(file, file with { Size = 3 });
        batch.Update(directory, directory with { ListedAtNs = 5 });
        Assert.True((await Store.CommitAsync(batch)).Committed);
        Assert.Equal(stored, await Store.GetInodeAsync(file.Id));
        Batch stale = new();
        stale.Update(file, file with { Size = 4 });
        Assert.IsType<Guard.InodeVersion>((await Store.CommitAsync(stale)).FailedGuard);
        Assert.Equal(3, (await Store.GetInodeAsync(file.Id))!.Size);
    }

    private async Task HoldsAsync(Guard guard)
    {
        string key = Guid.NewGuid().ToString();
        Assert.Null((await Store.CommitAsync(new Batch().Require(guard).Add(new RowWrite.PutSetting(key, "done")))).FailedGuard);
        Assert.Equal("done", await Store.GetSettingAsync(key));
    }

    private async Task FailsAsync(Guard guard)
    {
        string key = Guid.NewGuid().ToString();
        int seen = 0;
        using IDisposable subscription = Store.Subscribe(_ => seen++);
        CommitResult result = await Store.CommitAsync(
            new Batch().Require(new Guard.DirectoryLive(Root)).Add(new RowWrite.PutSetting(key, "done")).Require(guard));
        Assert.Same(guard, result.FailedGuard);
        Assert.Null(await Store.GetSettingAsync(key));
        Assert.Equal(0, seen);
    }
}
