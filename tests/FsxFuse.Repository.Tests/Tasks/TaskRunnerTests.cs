using System.Text;
using FsxFuse.Metadata;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Tasks;
using FsxFuse.Repository.Tests.Export;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Repository.Tests.Tasks;

public class TaskRunnerTests
{
    private static TaskRunner Make(Rig rig) => new(rig.Store, rig.Links, rig.Cache, rig.Importer, rig.Exporter, TimeProvider.System, NullLogger.Instance, 8);

    [Fact]
    public async Task An_export_task_exports_what_is_under_its_paths()
    {
        await using Rig rig = await Rig.StartAsync(new LinkOptions { ExportPolicy = RepositoryEvents.None });
        await using TaskRunner runner = Make(rig);
        await rig.Tree.MkDirAsync("/d");
        await rig.Tree.WriteAsync("/d/a", "a");
        await rig.Tree.WriteAsync("/other", "b");
        TaskSnapshot made = await runner.CreateAsync(new TaskRequest { Type = TaskType.Export, Paths = ["/d"] });
        Assert.Matches("^task-[0-9a-f]{17}$", made.Id);
        TaskSnapshot done = await runner.WaitAsync(made.Id);
        Assert.Equal(TaskLifecycle.Succeeded, done.Lifecycle);
        Assert.Equal((2, 2, 0), (done.Progress.Total, done.Progress.Succeeded, done.Progress.Failed));
        Assert.Equal(["d/a"], (await rig.BucketAsync()).Keys);
        Assert.True(done.EndedNs >= done.CreatedNs);
    }

    [Fact]
    public async Task A_failed_file_fails_the_task_and_is_in_the_report()
    {
        await using Rig rig = await Rig.StartAsync();
        await using TaskRunner runner = Make(rig);
        rig.Bucket.Before = (operation, key) =>
        {
            if (operation == "put" && key == "data/=bad,name")
                throw new ObjectStoreException(ObjectStoreErrorKind.AccessDenied, "No.");
        };
        await rig.Tree.WriteAsync("/=bad,name", "x");
        await rig.Tree.WriteAsync("/good", "y");
        TaskSnapshot made = await runner.CreateAsync(new TaskRequest { Type = TaskType.Export, Report = new TaskReport("s3://bucket/data/reports") });
        TaskSnapshot done = await runner.WaitAsync(made.Id);
        Assert.Equal(TaskLifecycle.Failed, done.Lifecycle);
        Assert.Equal(1, done.Progress.Failed);
        TaskFailureRow failure = Assert.Single(await runner.GetFailuresAsync(made.Id, 0, 10));
        Assert.Equal("/=bad,name", failure.Path);
        Assert.Equal($"\"/=bad,name\",failed,{FsxErrorCode.S3AccessDenied}\r\n", await rig.TextAsync($"reports/{made.Id}/failures.csv"));
    }

    [Fact]
    public async Task Preload_loads_and_release_releases()
    {
        await using Rig rig = await Rig.StartAsync(fill: async rig =>
        {
            for (int i = 0; i < 20; i++)
                await rig.PutAsync($"d/f{i}", new string('x', 1000));
        });
        await using TaskRunner runner = Make(rig);
        TaskSnapshot loaded = await runner.WaitAsync((await runner.CreateAsync(new TaskRequest { Type = TaskType.Preload, Paths = ["/d"] })).Id);
        Assert.Equal(TaskLifecycle.Succeeded, loaded.Lifecycle);
        Assert.Equal((20, 20_000, 20_000), (loaded.Progress.Succeeded, loaded.Progress.BytesTotal, loaded.Progress.BytesDone));
        InodeRow inode = await rig.Tree.GetAsync("/d/f3");
        Assert.Equal(HsmFlags.Exists | HsmFlags.Archived, HsmState.From(inode, await rig.Store.GetContentAsync(inode.ContentId)).Flags);

        TaskSnapshot young = await runner.WaitAsync((await runner.CreateAsync(new TaskRequest { Type = TaskType.Release, DaysSinceLastAccess = 1 })).Id);
        Assert.Equal(0, young.Progress.Total);
        TaskSnapshot released = await runner.WaitAsync((await runner.CreateAsync(new TaskRequest { Type = TaskType.Release })).Id);
        Assert.Equal(TaskLifecycle.Succeeded, released.Lifecycle);
        Assert.Equal(20, released.Progress.Succeeded);
        Assert.Equal("(0x0000000d) released exists archived, archive_id:1", HsmState.From(inode, await rig.Store.GetContentAsync(inode.ContentId)).ToString());
    }

    [Fact]
    public async Task An_import_brings_what_appeared()
    {
        await using Rig rig = await Rig.StartAsync();
        await using TaskRunner runner = Make(rig);
        await rig.PutAsync("in/a", "1");
        await rig.PutAsync("out", "2");
        TaskSnapshot done = await runner.WaitAsync((await runner.CreateAsync(new TaskRequest { Type = TaskType.Import, Paths = ["s3://bucket/data/in/"] })).Id);
        Assert.Equal(TaskLifecycle.Succeeded, done.Lifecycle);
        Assert.NotNull(await rig.Tree.FindAsync("/in/a"));
        Assert.Null(await rig.Tree.FindAsync("/out"));
    }

    [Fact]
    public async Task Invalid_requests_are_refused_or_fail()
    {
        await using Rig rig = await Rig.StartAsync();
        await using TaskRunner runner = Make(rig);
        await Assert.ThrowsAsync<TaskException>(() => runner.CreateAsync(new TaskRequest { Type = "DANCE" }));
        await Assert.ThrowsAsync<TaskException>(() => runner.CreateAsync(new TaskRequest { Type = TaskType.Export, Paths = [.. Enumerable.Repeat("/x", 101)] }));
        await Assert.ThrowsAsync<TaskException>(() => runner.CreateAsync(new TaskRequest { Type = TaskType.Export, Report = new TaskReport("s3://elsewhere/x") }));
        TaskSnapshot done = await runner.WaitAsync((await runner.CreateAsync(new TaskRequest { Type = TaskType.Preload, Paths = ["/nothing"] })).Id);
        Assert.Equal(TaskLifecycle.Failed, done.Lifecycle);
        Assert.Contains("/nothing", done.Progress.FailureMessage);
        TaskSnapshot one = await runner.CreateAsync(new TaskRequest { Type = TaskType.Preload, ClientRequestToken = "t" });
        Assert.Equal(one.Id, (await runner.CreateAsync(new TaskRequest { Type = TaskType.Preload, ClientRequestToken = "t" })).Id);
    }

    [Fact]
    public async Task A_task_is_cancelled_and_another_goes_on_after_a_restart()
    {
        await using Rig rig = await Rig.StartAsync(fill: async rig =>
        {
            for (int i = 0; i < 40; i++)
                await rig.PutAsync($"f{i}", new string('x', 100));
        });
        TaskCompletionSource entered = new();
        using ManualResetEventSlim go = new();
        rig.Bucket.Before = (operation, _) =>
        {
            if (operation == "get")
            {
                entered.TrySetResult();
                go.Wait(TimeSpan.FromSeconds(20));
            }
        };
        TaskRunner runner = Make(rig);
        TaskSnapshot made = await runner.CreateAsync(new TaskRequest { Type = TaskType.Preload });
        await entered.Task;
        Assert.Equal(TaskLifecycle.Canceling, (await runner.CancelAsync(made.Id)).Lifecycle);
        go.Set();
        TaskSnapshot cancelled = await runner.WaitAsync(made.Id);
        Assert.Equal(TaskLifecycle.Canceled, cancelled.Lifecycle);
        Assert.True(cancelled.Progress.Succeeded < 40);

        go.Reset();
        entered = new();
        made = await runner.CreateAsync(new TaskRequest { Type = TaskType.Preload });
        await entered.Task;
        Task stopping = runner.DisposeAsync().AsTask();
        go.Set();
        await stopping;
        rig.Bucket.Before = null;
        await rig.RestartAsync();
        await using TaskRunner next = Make(rig);
        await next.StartAsync(CancellationToken.None);
        TaskSnapshot done = await next.WaitAsync(made.Id);
        Assert.Equal(TaskLifecycle.Succeeded, done.Lifecycle);
        Assert.Equal(40, done.Progress.Succeeded);
    }

    [Fact]
    public void Reports_quote_as_the_format_says()
    {
        StringBuilder csv = new();
        foreach (string path in new[] { "plain", "@f.txt", "a,b", "say \"x\"", "-" })
            ReportCsv.AppendLine(csv, new TaskFailureRow { TaskId = "t", Number = 1, Path = path, Status = "failed", ErrorCode = "S3Error" });
        Assert.Equal(
            "plain,failed,S3Error\r\n\"\"\"@f.txt\"\"\",failed,S3Error\r\n\"a,b\",failed,S3Error\r\n\"say \"\"x\"\"\",failed,S3Error\r\n\"\"\"-\"\"\",failed,S3Error\r\n",
            csv.ToString());
    }

    [Theory]
    [InlineData(InodeFlags.None, ContentFlags.Cached | ContentFlags.Complete | ContentFlags.Dirty, 0, 0x00)]
    [InlineData(InodeFlags.Archived, ContentFlags.None, 1, 0x0d)]
    [InlineData(InodeFlags.Archived, ContentFlags.Cached | ContentFlags.Complete, 1, 0x09)]
    [InlineData(InodeFlags.Archived, ContentFlags.Cached | ContentFlags.Dirty, 1, 0x0b)]
    [InlineData(InodeFlags.Archived | InodeFlags.NoRelease | InodeFlags.Lost, ContentFlags.Cached | ContentFlags.Complete, 1, 0x59)]
    [InlineData(InodeFlags.Archived, ContentFlags.Cached, 1, 0x0d)]
    public void States_are_those_of_lustre(InodeFlags inode, ContentFlags content, int link, int expected) =>
        Assert.Equal(expected, (int)HsmState.From(
            new InodeRow { Id = 2, Ino = 2, Mode = FileType.Regular, Flags = inode, ContentId = 3 },
            new ContentRow { Id = 3, Inode = 2, Flags = content, SourceLink = link, SourceLength = link * 10 }).Flags);
}
