using FsxFuse.Metadata;
using FsxFuse.Repository.Following;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Tests.Import;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Repository.Tests.Following;

public sealed class FollowerTests
{
    private static readonly FollowOptions Fast = new()
    {
        ListingsPerSecond = 1000,
        RetryFirst = TimeSpan.FromMilliseconds(20),
        RetryMax = TimeSpan.FromMilliseconds(100),
    };

    [Fact]
    public async Task A_start_finds_what_happened_since_the_last_mount_and_an_interval_what_happens_then()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync(new LinkOptions { ImportInterval = 1 });
        fs.Bucket.Put("p/a");
        await fs.Importer.ListAsync(InodeRow.RootId);
        fs.Bucket.Put("p/b");
        await using Follower follower = Start(fs);
        await EventuallyAsync(async () => Assert.Equal(["a", "b"], await fs.NamesAsync()));
        await EventuallyAsync(() => Assert.NotEqual(0, follower.GetStatus(fs.Link).ReconciledNs));
        fs.Bucket.Put("p/c");
        fs.Bucket.Remove("p/a");
        await EventuallyAsync(async () => Assert.Equal(["b", "c"], await fs.NamesAsync()));
    }

    [Fact]
    public async Task A_hint_is_followed_at_once_and_the_echo_of_what_is_known_costs_nothing()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync(new LinkOptions { ImportInterval = 0 });
        fs.Bucket.Put("p/a", "old");
        fs.Bucket.Put("p/d/x");
        await fs.Importer.ListAsync(InodeRow.RootId);
        await fs.Importer.ListAsync((await fs.GetAsync("/d")).Inode.Id);
        await using Follower follower = Start(fs);
        fs.Bucket.ResetCounts();
        // As an export commits what it wrote and deleted.
        ObjectRow known = (await fs.Store.GetObjectAsync(fs.Link.Id, "p/a"))!;
        await fs.CommitAsync(b => b.Add(new RowWrite.PutObject(known)).Add(new RowWrite.DeleteObject(fs.Link.Id, "p/left")));
        Assert.Equal((1, 1), (follower.Hint("bucket", "p/a", known.ETag), follower.Hint("bucket", "p/left", "")));
        await EventuallyAsync(() => Assert.Equal(0, follower.GetStatus(fs.Link).Queued));
        Assert.Equal((0, 0), (fs.Bucket.Heads, fs.Bucket.Lists));
        // The same ETag once more is a change of metadata by somebody else.
        fs.Bucket.Put("p/a", "old", new Dictionary<string, string> { ["file-permissions"] = "0100600", ["file-owner"] = "7" });
        follower.Hint("bucket", "p/a", known.ETag);
        await EventuallyAsync(async () => Assert.Equal(7u, (await fs.GetAsync("/a")).Inode.Uid));

        string etag = fs.Bucket.Put("p/a", "newer");
        fs.Bucket.Put("p/new");
        fs.Bucket.Remove("p/d/x");
        follower.Hint("bucket", "p/a", etag);
        follower.Hint("bucket", "p/new");
        follower.Hint("bucket", "p/d/x");
        Assert.Equal((0, 0), (follower.Hint("bucket", "elsewhere/x"), follower.Hint("another", "p/x")));
        // The directory existed by its only object.
        await EventuallyAsync(async () => Assert.Equal(["a", "new"], await fs.NamesAsync()));
        await EventuallyAsync(async () => Assert.Equal(5, (await fs.GetAsync("/a")).Inode.Size));
    }

    [Fact]
    public async Task Hints_about_what_nobody_looked_at_cost_no_request()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync(new LinkOptions { ImportInterval = 0 });
        await using Follower follower = Start(fs);
        for (int i = 0; i < 1000; i++)
            follower.Hint("bucket", $"p/d/{i}");
        await EventuallyAsync(() => Assert.Equal(0, follower.GetStatus(fs.Link).Queued));
        Assert.Equal((0, 0), (fs.Bucket.Lists, fs.Bucket.Heads));
    }

    [Fact]
    public async Task A_repository_that_fails_makes_hints_wait_and_their_age_shows()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync(new LinkOptions { ImportInterval = 0 });
        await fs.Importer.ListAsync(InodeRow.RootId);
        await using Follower follower = Start(fs);
        fs.Bucket.Failure = new ObjectStoreException(ObjectStoreErrorKind.Unreachable, "down");
        fs.Bucket.Put("p/a");
        follower.Hint("bucket", "p/a");
        await EventuallyAsync(() => Assert.InRange(follower.GetStatus(fs.Link).OldestAge, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1)));
        Assert.Equal(1, follower.GetStatus(fs.Link).Queued);
        fs.Bucket.Failure = null;
        await EventuallyAsync(async () => Assert.Equal(["a"], await fs.NamesAsync()));
        await EventuallyAsync(() => Assert.Equal((0, TimeSpan.Zero), (follower.GetStatus(fs.Link).Queued, follower.GetStatus(fs.Link).OldestAge)));
    }

    [Fact]
    public async Task More_hints_than_there_is_room_for_are_made_up_for_by_a_reconciliation()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync(new LinkOptions { ImportInterval = 0 });
        await fs.Importer.ListAsync(InodeRow.RootId);
        fs.Bucket.Latency = TimeSpan.FromMilliseconds(20);
        await using Follower follower = Start(fs, Fast with { QueueLimit = 4, Concurrency = 1 });
        for (int i = 0; i < 50; i++)
        {
            fs.Bucket.Put($"p/{i:d2}");
            follower.Hint("bucket", $"p/{i:d2}");
        }
        await EventuallyAsync(async () => Assert.Equal(50, (await fs.NamesAsync()).Count));
        await EventuallyAsync(() => Assert.Equal(TimeSpan.Zero, follower.GetStatus(fs.Link).OldestAge));
    }

    [Fact]
    public async Task Without_an_import_policy_nothing_is_followed()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync(new LinkOptions { ImportPolicy = RepositoryEvents.None });
        await fs.Importer.ListAsync(InodeRow.RootId);
        await using Follower follower = Start(fs);
        fs.Bucket.Put("p/a");
        Assert.Equal(0, follower.Hint("bucket", "p/a"));
        await Task.Delay(100);
        Assert.Empty(await fs.NamesAsync());
        Assert.Equal(0, follower.GetStatus(fs.Link).NextNs);
    }

    private static Follower Start(ImportFixture fs, FollowOptions? options = null)
    {
        Follower follower = new(fs.Store, fs.Links, fs.Importer, TimeProvider.System, NullLogger.Instance, options ?? Fast);
        follower.Start();
        return follower;
    }

    private static Task EventuallyAsync(Action check) => EventuallyAsync(() =>
    {
        check();
        return Task.CompletedTask;
    });

    private static async Task EventuallyAsync(Func<Task> check)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            try
            {
                await check();
                return;
            }
            catch (Exception) when (DateTime.UtcNow < end)
            {
                await Task.Delay(20);
            }
        }
    }
}
