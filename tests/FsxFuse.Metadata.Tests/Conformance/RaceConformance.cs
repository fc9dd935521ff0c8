namespace FsxFuse.Metadata.Tests.Conformance;

/// <summary>Two connections race on each guard: exactly one wins, and what merges is never lost.</summary>
public abstract class RaceConformance<THarness> : StoreConformance<THarness>
    where THarness : StoreHarness, new()
{
    private const int Rounds = 200;

    [Fact]
    public Task Creating_a_name() => OneWinsAsync(round => new Guard.DentryAbsent(Root, Name($"n{round}")),
        (round, side) => new RowWrite.PutDentry(Entry(Root, $"n{round}", 100 + side, Store.AllocateIds())));

    [Fact]
    public async Task Replacing_a_name()
    {
        for (int round = 0; round < Rounds; round++)
            await CommitAsync(new RowWrite.PutDentry(Entry(Root, $"n{round}", 99, Store.AllocateIds())));
        await OneWinsAsync(round => new Guard.DentryIs(Root, Name($"n{round}"), 99),
            (round, side) => new RowWrite.PutDentry(Entry(Root, $"n{round}", 100 + side, Store.AllocateIds())));
    }

    [Fact]
    public async Task Changing_an_inode()
    {
        InodeRow row = await AddFileAsync("a");
        await OneWinsAsync(round => new Guard.InodeVersion(row.Id, round + 1),
            (round, side) => new RowWrite.PutInode(row with { Version = round + 2, Uid = (uint)side }));
    }

    [Fact]
    public async Task Changing_a_directory()
    {
        DirectoryRow row = await AddDirectoryAsync("d");
        await OneWinsAsync(round => new Guard.DirectoryVersion(row.Id, round + 1),
            (round, side) => new RowWrite.PutDirectory(row with { Version = round + 2, ListedAtNs = side }));
    }

    [Fact]
    public async Task Changing_a_content()
    {
        ContentRow row = new() { Id = Store.AllocateIds(), Inode = 5, Version = 1 };
        await CommitAsync(new RowWrite.PutContent(row));
        await OneWinsAsync(round => new Guard.ContentVersion(row.Id, round + 1),
            (round, side) => new RowWrite.PutContent(row with { Version = round + 2, SourceLength = side }));
    }

    [Fact]
    public async Task Queueing_against_a_worker()
    {
        ExportRow row = await QueueAsync(new ExportRow { Kind = ExportKind.Inode, Subject = 5 });
        await OneWinsAsync(round => new Guard.ExportVersion(row.Id, round + 1), (_, _) => new RowWrite.QueueExport(row));
    }

    [Fact]
    public Task Queueing_a_key() => OneWinsAsync(round => new Guard.KeyNotQueued(1, $"k{round}"),
        (round, _) => new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Key, LinkId = 1, Key = $"k{round}" }));

    [Fact]
    public Task Moving_directories() => OneWinsAsync(round => new Guard.TreeEpoch(round), (_, side) => new RowWrite.PutSetting("side", $"{side}"));

    [Fact]
    public async Task Linking_against_the_last_unlink()
    {
        List<InodeRow> files = [];
        for (int round = 0; round < Rounds; round++)
            files.Add(await AddFileAsync($"f{round}"));
        await RaceAsync(
            (store, round) => store.CommitAsync(new Batch().Require(new Guard.InodeLinked(files[round].Id))
                .Require(new Guard.InodeVersion(files[round].Id, 1))
                .Add(new RowWrite.PutInode(files[round] with { NLink = 2, Version = 2 }))),
            (store, round) => store.CommitAsync(new Batch().Require(new Guard.InodeVersion(files[round].Id, 1))
                .Add(new RowWrite.PutInode(files[round] with { NLink = 0, Version = 2 })).Add(new RowWrite.PutOrphan(files[round].Id))),
            async (round, link, unlink) =>
            {
                Assert.True(link.Committed != unlink.Committed);
                Assert.Equal(link.Committed ? 2 : 0, (await Store.GetInodeAsync(files[round].Id))!.NLink);
            });
    }

    [Fact]
    public async Task Creating_in_a_directory_against_its_removal()
    {
        List<DirectoryRow> directories = [];
        for (int round = 0; round < Rounds; round++)
            directories.Add(await AddDirectoryAsync($"d{round}"));
        await RaceAsync(
            (store, round) => store.CommitAsync(new Batch().Require(new Guard.DirectoryLive(directories[round].Id))
                .Add(new RowWrite.PutDentry(Entry(directories[round].Id, "x", 9, Store.AllocateIds())))),
            (store, round) => store.CommitAsync(new Batch().Require(new Guard.DirectoryEmpty(directories[round].Id))
                .Add(new RowWrite.DeleteDirectory(directories[round].Id)).Add(new RowWrite.DeleteDentry(Root, Name($"d{round}")))),
            async (round, create, remove) =>
            {
                Assert.True(create.Committed != remove.Committed);
                Assert.Equal(create.Committed, await Store.GetDirectoryAsync(directories[round].Id) is not null);
            });
    }

    [Fact]
    public async Task Merges_are_never_lost()
    {
        InodeRow before = (await Store.GetInodeAsync(Root))!;
        await RaceAsync(
            (store, round) => store.CommitAsync(new Batch().Add(new RowWrite.MergeInode(Root, long.MaxValue - Rounds + round, 0, 2))),
            (store, round) => store.CommitAsync(new Batch().Add(new RowWrite.MergeInode(Root, 0, long.MaxValue - round, -1))),
            (_, left, right) =>
            {
                Assert.True(left.Committed && right.Committed);
                return Task.CompletedTask;
            });
        InodeRow after = (await Store.GetInodeAsync(Root))!;
        Assert.Equal(before.NLink + Rounds, after.NLink);
        Assert.Equal(before.Version + (2 * Rounds), after.Version);
        Assert.Equal(long.MaxValue - 1, after.MtimeNs);
        Assert.Equal(long.MaxValue, after.CtimeNs);
    }

    [Fact]
    public async Task Queueing_is_never_lost()
    {
        await RaceAsync(
            (store, _) => store.CommitAsync(new Batch().Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = 5 }))),
            (store, _) => store.CommitAsync(new Batch().Add(new RowWrite.QueueExport(new ExportRow { Kind = ExportKind.Inode, Subject = 5 }))),
            (_, _, _) => Task.CompletedTask);
        Assert.Equal(2 * Rounds, (await Store.GetExportAsync(ExportKind.Inode, 0, 5, ""))!.Version);
    }

    [Fact]
    public async Task The_feed_tells_the_commit_order()
    {
        // Versions of one row written under a guard can only be committed in one order.
        InodeRow row = await AddFileAsync("a");
        List<long> seen = [];
        int own = 0;
        object origin = new();
        using IDisposable failing = Store.Subscribe(_ => throw new InvalidOperationException("A follower's fault is its own."));
        using IDisposable subscription = Store.Subscribe(batch =>
        {
            if (batch.Writes[0] is RowWrite.PutInode put)
                seen.Add(put.Row.Version);
            if (batch.Origin == origin)
                own++;
        });
        IMetadataStore second = await Harness.OpenSecondAsync(Store);
        await Task.WhenAll(Task.Run(() => Change(Store, origin)), Task.Run(() => Change(second, null)));
        for (int i = 0; i < 100 && seen.Count < 2 * Rounds; i++)
            await Task.Delay(50);
        Assert.Equal(Enumerable.Range(2, 2 * Rounds).Select(version => (long)version), seen);
        Assert.Equal(Rounds, own);
        subscription.Dispose();
        await AddFileAsync("b");
        Assert.Equal(2 * Rounds, seen.Count);

        async Task Change(IMetadataStore store, object? from)
        {
            for (int done = 0; done < Rounds;)
            {
                Batch batch = new(from);
                InodeRow read = (await store.GetInodeAsync(row.Id))!;
                batch.Update(read, read with { Size = read.Size + 1 });
                if ((await store.CommitAsync(batch)).Committed)
                    done++;
            }
        }
    }

    [Fact]
    public async Task A_read_sees_every_commit_that_returned()
    {
        IMetadataStore second = await Harness.OpenSecondAsync(Store);
        for (int i = 0; i < Rounds; i++)
        {
            await Store.CommitAsync(new Batch().Add(new RowWrite.PutSetting("s", $"{i}")));
            Assert.Equal($"{i}", await Task.Run(() => second.GetSettingAsync("s").AsTask()));
        }
    }

    [Fact]
    public async Task Numbers_are_never_given_twice()
    {
        HashSet<long> seen = [];
        Take(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 50_000).Select(_ => Store.AllocateIds()).ToArray()))));
        long first = Store.AllocateIds(200_000);
        Take([Enumerable.Range(0, 200_000).Select(i => first + i).ToArray()]);
        await Store.DisposeAsync();
        Store = await Harness.OpenAsync();
        Take([[Store.AllocateIds(), Store.AllocateIds()]]);
        Store = await Harness.OpenAfterKillAsync(Store);
        Take([[Store.AllocateIds()]]);
        Assert.DoesNotContain(InodeRow.RootId, seen);

        void Take(long[][] ids)
        {
            foreach (long id in ids.SelectMany(some => some))
                Assert.True(seen.Add(id), $"{id} was given twice");
        }
    }

    private Task OneWinsAsync(Func<int, Guard> guard, Func<int, int, RowWrite> write) => RaceAsync(
        (store, round) => store.CommitAsync(new Batch().Require(guard(round)).Add(write(round, 0))),
        (store, round) => store.CommitAsync(new Batch().Require(guard(round)).Add(write(round, 1))),
        (_, left, right) =>
        {
            Assert.True(left.Committed != right.Committed);
            return Task.CompletedTask;
        });

    private async Task RaceAsync(
        Func<IMetadataStore, int, ValueTask<CommitResult>> left,
        Func<IMetadataStore, int, ValueTask<CommitResult>> right,
        Func<int, CommitResult, CommitResult, Task> check)
    {
        IMetadataStore second = await Harness.OpenSecondAsync(Store);
        using Barrier barrier = new(2);
        CommitResult[] lefts = new CommitResult[Rounds];
        CommitResult[] rights = new CommitResult[Rounds];
        await Task.WhenAll(Side(Store, left, lefts), Side(second, right, rights));
        for (int round = 0; round < Rounds; round++)
            await check(round, lefts[round], rights[round]);

        Task Side(IMetadataStore store, Func<IMetadataStore, int, ValueTask<CommitResult>> commit, CommitResult[] results) => Task.Factory.StartNew(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                Assert.True(barrier.SignalAndWait(TimeSpan.FromMinutes(1)));
                results[round] = commit(store, round).AsTask().GetAwaiter().GetResult();
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
