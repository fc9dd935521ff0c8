using FsxFuse.Repository.Export;
using FsxFuse.Repository.Objects.S3;
using FsxFuse.Repository.Tests.Objects;

namespace FsxFuse.Repository.Tests.Export;

/// <summary>The same on a real S3 server, whose conditions are honoured here and ignored there.</summary>
[Collection(S3ServerCollection.Name)]
public sealed class S3ExportTests(S3ServerFixture server)
{
    [Fact]
    public async Task A_tree_is_made_moved_exchanged_and_removed()
    {
        await using Rig rig = await StartAsync(async rig =>
        {
            for (int i = 0; i < 50; i++)
                await rig.PutAsync($"in/f{i:D2}", $"imported {i}");
        });
        await rig.Tree.MkDirAsync("/new");
        await rig.Tree.WriteAsync("/new/small", "small");
        await rig.Tree.WriteAsync("/new/large", new string('L', 12 << 20));
        await rig.Tree.RenameAsync("/in", "/out");
        await rig.Tree.ExchangeAsync("/out/f01", "/out/f02");
        await rig.Tree.ChmodAsync("/out/f03", 0x180);
        await rig.IdleAsync();
        await rig.AssertMirrorAsync();
        Assert.Equal("imported 2", await rig.TextAsync("out/f01"));
        Assert.Equal("0100600", (await rig.HeadAsync("out/f03"))!.Metadata["file-permissions"]);
        Assert.Equal("imported 3", await rig.TextAsync("out/f03"));
        await rig.Tree.ReleaseAsync("/new/large");
        Assert.Equal(12 << 20, (await rig.Tree.ReadAsync("/new/large")).Length);

        await rig.Tree.WriteAsync("/new/small", "smaller");
        await rig.Tree.UnlinkAsync("/new/large");
        await rig.IdleAsync();
        await rig.AssertMirrorAsync();
        Assert.Empty(await rig.UploadsAsync());
        Assert.DoesNotContain(await rig.Store.GetEventsAsync(10), e => e.Code.StartsWith("S3Export", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_conflict_keeps_both()
    {
        await using Rig rig = await StartAsync(rig => rig.PutAsync("a", "base"));
        await rig.Exporter.DisposeAsync();
        await rig.Tree.WriteAsync("/a", "local");
        await rig.Tree.WriteAsync("/b", "local b");
        await rig.PutAsync("a", "remote");
        await rig.PutAsync("b", "remote b");
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal("remote", await rig.TextAsync("a"));
        Assert.Equal("remote b", await rig.TextAsync("b"));
        Assert.Equal(4, (await rig.BucketAsync()).Count);
        await rig.AssertMirrorAsync();
    }

    private Task<Rig> StartAsync(Func<Rig, Task> fill) => Rig.StartAsync(
        fill: fill,
        options: () => new ExportOptions { Coalesce = TimeSpan.Zero, SmallFileLimit = 1 << 20, PartSize = 5 << 20, Host = "rig" },
        bucket: new S3ObjectStore(server.Options),
        prefix: $"export-{Guid.NewGuid():N}/");
}
