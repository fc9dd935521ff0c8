using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Hsm;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Tests.Export;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Repository.Tests.Hsm;

/// <summary>What lfs asks about a file's copy, by Lustre's rules; objects in an archive class by a double of the object store.</summary>
public class HsmAgentTests
{
    private const int EPERM = 1;

    [Fact]
    public async Task A_new_file_is_archived_released_and_restored()
    {
        await using Rig rig = await Rig.StartAsync(new LinkOptions { ExportPolicy = RepositoryEvents.None });
        await using HsmAgent agent = await StartAsync(rig);
        await rig.Tree.WriteAsync("/f", "some bytes");
        Assert.Equal("(0x00000000)", await StateAsync(rig, "/f"));
        Assert.Equal(EPERM, await AskAsync(rig, agent, "/f", HsmAction.Release));
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Restore));

        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Archive));
        await IdleAsync(rig, agent, "/f");
        Assert.Equal("(0x00000009) exists archived, archive_id:1", await StateAsync(rig, "/f"));
        Assert.Equal("some bytes", await rig.TextAsync("f"));
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Archive));
        Assert.Equal(1, rig.Bucket.Puts);

        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Release));
        Assert.Equal("(0x0000000d) released exists archived, archive_id:1", await StateAsync(rig, "/f"));
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Release));

        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Restore));
        await IdleAsync(rig, agent, "/f");
        Assert.Equal("(0x00000009) exists archived, archive_id:1", await StateAsync(rig, "/f"));
    }

    [Fact]
    public async Task A_changed_file_is_not_released_until_it_is_archived()
    {
        await using Rig rig = await Rig.StartAsync(new LinkOptions { ExportPolicy = RepositoryEvents.None }, fill: rig => rig.PutAsync("f", "old"));
        await using HsmAgent agent = await StartAsync(rig);
        await rig.Tree.WriteAsync("/f", "new");
        Assert.Equal("(0x0000000b) exists dirty archived, archive_id:1", await StateAsync(rig, "/f"));
        Assert.Equal(EPERM, await AskAsync(rig, agent, "/f", HsmAction.Release));
        await AskAsync(rig, agent, "/f", HsmAction.Archive);
        await IdleAsync(rig, agent, "/f");
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Release));
        Assert.Equal("new", await rig.Tree.ReadAsync("/f"));
    }

    [Fact]
    public async Task A_file_here_in_part_counts_as_released_and_a_release_takes_the_part()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("f", new string('x', 1 << 20)));
        await using HsmAgent agent = await StartAsync(rig);
        using (Content content = await rig.Cache.OpenAsync((await rig.Tree.GetAsync("/f")).ContentId, default))
            await content.EnsureResidentAsync(0, 4096, null, default);
        Assert.StartsWith("(0x0000000d)", await StateAsync(rig, "/f"), StringComparison.Ordinal);
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Release));
        Assert.Equal(ContentFlags.None, (await rig.Store.GetContentAsync((await rig.Tree.GetAsync("/f")).ContentId))!.Flags);
    }

    [Fact]
    public async Task Pins_and_marks_are_given_and_taken_back_and_facts_are_not()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("f", "text"));
        await using HsmAgent agent = await StartAsync(rig);
        await AskAsync(rig, agent, "/f", HsmAction.Restore);
        await IdleAsync(rig, agent, "/f");
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Set, HsmFlags.NoRelease | HsmFlags.Exists));
        Assert.Equal("(0x00000019) exists archived never_release, archive_id:1", await StateAsync(rig, "/f"));
        Assert.Equal(EPERM, await AskAsync(rig, agent, "/f", HsmAction.Release));
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Clear, HsmFlags.NoRelease));

        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Set, HsmFlags.Dirty));
        await rig.IdleAsync();
        Assert.Equal(1, rig.Bucket.Puts);
        Assert.Equal("(0x00000009) exists archived, archive_id:1", await StateAsync(rig, "/f"));

        Assert.Equal(EPERM, await AskAsync(rig, agent, "/f", HsmAction.Clear, HsmFlags.Archived));
        await AskAsync(rig, agent, "/f", HsmAction.Set, HsmFlags.Lost);
        Assert.Equal(EPERM, await AskAsync(rig, agent, "/f", HsmAction.Release));
        await AskAsync(rig, agent, "/f", HsmAction.Clear, HsmFlags.Lost);
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Release));
        Assert.Equal(EPERM, await AskAsync(rig, agent, "/f", HsmAction.Set, HsmFlags.Dirty));

        await rig.Tree.MkDirAsync("/d");
        Assert.Equal(0, await AskAsync(rig, agent, "/d", HsmAction.Set, HsmFlags.NoRelease));
        Assert.Equal("(0x00000010) never_release", await StateAsync(rig, "/d"));
        Assert.Equal(Errno.EINVAL, await AskAsync(rig, agent, "/d", HsmAction.Set, HsmFlags.NoArchive));
        Assert.Equal(Errno.EINVAL, await AskAsync(rig, agent, "/d", HsmAction.Restore));
    }

    [Fact]
    public async Task What_came_from_a_link_that_is_being_removed_is_not_released()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("f", "text"));
        await using HsmAgent agent = await StartAsync(rig);
        await AskAsync(rig, agent, "/f", HsmAction.Restore);
        await IdleAsync(rig, agent, "/f");
        await rig.Links.UpdateAsync(rig.Link.Id, row => row with { Lifecycle = LinkLifecycle.Deleting });
        Assert.Equal(EPERM, await AskAsync(rig, agent, "/f", HsmAction.Release));
        Assert.Equal("(0x00000009) exists archived, archive_id:1", await StateAsync(rig, "/f"));
    }

    [Fact]
    public async Task What_is_not_to_be_archived_is_exported_when_that_is_taken_back()
    {
        await using Rig rig = await Rig.StartAsync(new LinkOptions { ExportPolicy = RepositoryEvents.None });
        await using HsmAgent agent = await StartAsync(rig);
        await rig.Tree.WriteAsync("/f", "text");
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Set, HsmFlags.NoArchive));
        Assert.Equal(EPERM, await AskAsync(rig, agent, "/f", HsmAction.Archive));
        await rig.DrainAsync();
        Assert.Null(await rig.TextAsync("f"));
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Clear, HsmFlags.NoArchive));
        await rig.DrainAsync();
        Assert.Equal("text", await rig.TextAsync("f"));
    }

    [Fact]
    public async Task Progress_is_told_and_a_request_can_be_cancelled()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("f", "text"));
        await using HsmAgent agent = await StartAsync(rig);
        TaskCompletionSource entered = new();
        using ManualResetEventSlim go = new();
        rig.Bucket.Before = (operation, _) =>
        {
            if (operation == "get")
            {
                entered.TrySetResult();
                go.Wait(TimeSpan.FromSeconds(30));
            }
        };
        Assert.Equal("NOOP", await ActionAsync(rig, agent, "/f"));
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Restore));
        await entered.Task;
        Assert.Equal("RESTORE running (0 bytes moved)", await ActionAsync(rig, agent, "/f"));
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Restore));
        Assert.Single(await rig.Store.GetHsmRequestsAsync(0, 10));
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Cancel));
        Assert.Equal("NOOP", await ActionAsync(rig, agent, "/f"));
        Assert.Empty(await rig.Store.GetHsmRequestsAsync(0, 10));
        go.Set();
    }

    [Fact]
    public async Task Requests_outlive_a_restart()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("f", "text"));
        HsmAgent first = await StartAsync(rig);
        bool silent = true;
        rig.Bucket.Before = (operation, _) =>
        {
            if (silent && operation == "get")
                throw new ObjectStoreException(ObjectStoreErrorKind.Unreachable, "silence");
        };
        Assert.Equal(0, await AskAsync(rig, first, "/f", HsmAction.Restore));
        await first.DisposeAsync();
        silent = false;
        await rig.RestartAsync();
        await using HsmAgent second = await StartAsync(rig);
        await IdleAsync(rig, second, "/f");
        Assert.Equal("(0x00000009) exists archived, archive_id:1", await StateAsync(rig, "/f"));
        Assert.Empty(await rig.Store.GetHsmRequestsAsync(0, 10));
    }

    [Fact]
    public async Task An_object_in_an_archive_class_is_asked_back_and_loaded_when_it_is_there()
    {
        await using Rig rig = await Rig.StartAsync(new LinkOptions { RestoreTier = RestoreOptions.Bulk, RestoreDays = 3 }, fill: rig => rig.PutAsync("f", "frozen"));
        rig.Bucket.Archived["data/f"] = RestoreState.Archived;
        HsmAgent agent = await StartAsync(rig);
        // Reading says that the bytes cannot be had (ENODATA), and asks for nothing: that costs money.
        CacheException refused = await Assert.ThrowsAsync<CacheException>(() => rig.Tree.ReadAsync("/f"));
        Assert.Equal(61, refused.Errno);
        Assert.Contains("archive class", refused.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Bucket.Restores);

        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Restore));
        await EventuallyAsync(() => rig.Bucket.Restores.Count == 1);
        Assert.Equal(("data/f", new RestoreOptions(3, "bulk")), rig.Bucket.Restores.Single());
        await EventuallyAsync(async () => (await agent.GetProgressAsync((await rig.Tree.GetAsync("/f")).Id, default)).Note is not null);
        // Now and then it runs, to ask whether it is there.
        await EventuallyAsync(async () => await ActionAsync(rig, agent, "/f") == "RESTORE waiting (from 0 to EOF)");
        HsmProgress progress = await agent.GetProgressAsync((await rig.Tree.GetAsync("/f")).Id, default);
        Assert.Equal("S3 restores 'data/f' from GLACIER (bulk); it is loaded when that is done.", progress.Note);
        EventRow told = Assert.Single(await rig.Store.GetEventsAsync(10), e => e.Code == HsmEventCode.RestoreRequested);
        Assert.Equal("S3 was asked to restore 'data/f' from GLACIER (bulk), and to keep the copy for 3 days.", told.Message);
        Assert.Equal(new HsmStatus(0, 1, 1), agent.GetStatus());

        // Hours later, and after a restart: S3 is not asked a second time.
        await agent.DisposeAsync();
        await rig.RestartAsync();
        agent = await StartAsync(rig);
        await Task.Delay(100);
        await EventuallyAsync(async () => await ActionAsync(rig, agent, "/f") == "RESTORE waiting (from 0 to EOF)");
        rig.Bucket.Archived["data/f"] = RestoreState.Restored;
        await IdleAsync(rig, agent, "/f");
        Assert.Single(rig.Bucket.Restores);
        Assert.Equal("frozen", await rig.Tree.ReadAsync("/f"));
        Assert.Equal("(0x00000009) exists archived, archive_id:1", await StateAsync(rig, "/f"));
        await agent.DisposeAsync();
    }

    [Fact]
    public async Task What_cannot_be_restored_is_given_up_and_the_reason_is_told()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("f", "text"));
        await using HsmAgent agent = await StartAsync(rig);
        rig.Bucket.Before = (operation, _) =>
        {
            if (operation == "get")
                throw new ObjectStoreException(ObjectStoreErrorKind.AccessDenied, "These credentials do not allow it.");
        };
        Assert.Equal(0, await AskAsync(rig, agent, "/f", HsmAction.Restore));
        await IdleAsync(rig, agent, "/f");
        Assert.Contains("do not allow it", (await agent.GetProgressAsync((await rig.Tree.GetAsync("/f")).Id, default)).Note, StringComparison.Ordinal);
        Assert.Contains(await rig.Store.GetEventsAsync(10), e => e.Code == HsmEventCode.RestoreFailed);
        Assert.StartsWith("(0x0000000d)", await StateAsync(rig, "/f"), StringComparison.Ordinal);
    }

    private static async Task<HsmAgent> StartAsync(Rig rig)
    {
        HsmAgent agent = new(rig.Store, rig.Links, rig.Cache, rig.Exporter, TimeProvider.System, NullLogger.Instance, new HsmOptions
        {
            RetryFirst = TimeSpan.FromMilliseconds(20),
            ArchivePollFirst = TimeSpan.FromMilliseconds(20),
            ArchivePollMax = TimeSpan.FromMilliseconds(50),
        });
        await agent.StartAsync(CancellationToken.None);
        return agent;
    }

    private static async Task<int> AskAsync(Rig rig, HsmAgent agent, string path, HsmAction action, HsmFlags flags = HsmFlags.None) =>
        await agent.RequestAsync((await rig.Tree.GetAsync(path)).Id, action, flags, CancellationToken.None);

    private static async Task<string> StateAsync(Rig rig, string path)
    {
        InodeRow inode = await rig.Tree.GetAsync(path);
        return HsmState.From(inode, inode.ContentId == 0 ? null : await rig.Store.GetContentAsync(inode.ContentId)).ToString();
    }

    private static async Task<string> ActionAsync(Rig rig, HsmAgent agent, string path) =>
        (await agent.GetProgressAsync((await rig.Tree.GetAsync(path)).Id, CancellationToken.None)).ToString();

    private static Task IdleAsync(Rig rig, HsmAgent agent, string path) => EventuallyAsync(async () => await ActionAsync(rig, agent, path) == "NOOP");

    private static Task EventuallyAsync(Func<bool> condition) => EventuallyAsync(() => Task.FromResult(condition()));

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 3000; i++)
        {
            if (await condition())
                return;
            await Task.Delay(10);
        }
        Assert.Fail("what was waited for did not come");
    }
}
