using FsxFuse.Metadata;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Tests.Export;

public class ExporterTests
{
    [Fact]
    public async Task Files_are_created_changed_renamed_and_deleted()
    {
        await using Rig rig = await Rig.StartAsync();
        await rig.Tree.MkDirAsync("/d");
        await rig.Tree.WriteAsync("/d/a", "one");
        await rig.Tree.WriteAsync("/b", "two");
        await rig.IdleAsync();
        await rig.AssertMirrorAsync();
        Assert.NotNull(await rig.HeadAsync("d/"));
        ObjectInfo info = (await rig.HeadAsync("d/a"))!;
        Assert.Equal("0100644", info.Metadata["file-permissions"]);
        Assert.Equal("1000", info.Metadata["file-owner"]);
        Assert.Equal("fsxfuse", info.Metadata["user-agent"]);
        Assert.StartsWith("fs-0123456789abcdef0/", info.Metadata["fsxfuse-version"]);

        await rig.Tree.WriteAsync("/d/a", "three");
        await rig.Tree.RenameAsync("/b", "/d/c");
        await rig.IdleAsync();
        await rig.AssertMirrorAsync();
        Assert.Equal("three", await rig.TextAsync("d/a"));

        await rig.Tree.UnlinkAsync("/d/a");
        await rig.Tree.UnlinkAsync("/d/c");
        await rig.Tree.RmDirAsync("/d");
        await rig.IdleAsync();
        Assert.Empty(await rig.BucketAsync(markers: true));
    }

    [Fact]
    public async Task A_released_directory_never_listed_is_moved_without_an_upload()
    {
        const int Files = 1000;
        await using Rig rig = await Rig.StartAsync(fill: async rig =>
        {
            for (int i = 0; i < Files; i++)
                await rig.PutAsync($"old/f{i:D4}", $"bytes of {i}");
        });
        await rig.Tree.RenameAsync("/old", "/new");
        // The old name is used again at once, with one of the old names in it.
        await rig.Tree.MkDirAsync("/old");
        await rig.Tree.WriteAsync("/old/f0007", "fresh");
        await rig.IdleAsync();
        await rig.AssertMirrorAsync();
        Assert.Equal("bytes of 7", await rig.TextAsync("new/f0007"));
        Assert.Equal("fresh", await rig.TextAsync("old/f0007"));
        Assert.Equal(Files, rig.Bucket.Copies);
        Assert.Equal(3, rig.Bucket.Puts);
        Assert.Equal(Files - 1, rig.Bucket.Deletes);
        Assert.Equal("bytes of 999", await rig.Tree.ReadAsync("/new/f0999"));
    }

    [Fact]
    public async Task Two_released_files_are_exchanged()
    {
        await using Rig rig = await Rig.StartAsync(fill: async rig =>
        {
            await rig.PutAsync("a", "bytes of a");
            await rig.PutAsync("b", "bytes of b, longer");
        });
        await rig.Tree.ExchangeAsync("/a", "/b");
        await rig.IdleAsync();
        Assert.Equal("bytes of b, longer", await rig.TextAsync("a"));
        Assert.Equal("bytes of a", await rig.TextAsync("b"));
        await rig.AssertMirrorAsync();
    }

    [Fact]
    public async Task A_chain_of_renames_ends_right()
    {
        await using Rig rig = await Rig.StartAsync(exporting: false, fill: async rig =>
        {
            for (int i = 0; i < 30; i++)
                await rig.PutAsync($"log.{i}", $"text {i}");
        });
        // A rotation: the last goes, each moves up by one, a new first one begins.
        await rig.Tree.UnlinkAsync("/log.29");
        for (int i = 28; i >= 0; i--)
            await rig.Tree.RenameAsync($"/log.{i}", $"/log.{i + 1}");
        await rig.Tree.WriteAsync("/log.0", "new");
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal("text 28", await rig.TextAsync("log.29"));
        Assert.Equal("text 0", await rig.TextAsync("log.1"));
        Assert.Equal("new", await rig.TextAsync("log.0"));
        await rig.AssertMirrorAsync();
        Assert.Equal(29, rig.Bucket.Copies);
    }

    [Fact]
    public async Task Released_directories_are_exchanged_and_nested_ones_follow()
    {
        await using Rig rig = await Rig.StartAsync(fill: async rig =>
        {
            foreach (string top in new[] { "x", "y" })
            {
                for (int i = 0; i < 10; i++)
                    await rig.PutAsync($"{top}/f{i}", $"{top} {i}");
                await rig.PutAsync($"{top}/deep/er/g", $"{top} deep");
            }
            await rig.PutAsync("x/only/h", "x only");
        });
        await rig.Tree.ExchangeAsync("/x", "/y");
        await rig.IdleAsync();
        Assert.Equal("y 3", await rig.TextAsync("x/f3"));
        Assert.Equal("x deep", await rig.TextAsync("y/deep/er/g"));
        Assert.Equal("x only", await rig.TextAsync("y/only/h"));
        Assert.Null(await rig.TextAsync("x/only/h"));
        await rig.AssertMirrorAsync();
    }

    [Fact]
    public async Task Nothing_is_written_to_a_moved_directory_before_its_move_was_followed()
    {
        await using Rig rig = await Rig.StartAsync();
        await rig.Tree.MkDirAsync("/a");
        await rig.Tree.MkDirAsync("/a/b");
        await rig.Tree.MkDirAsync("/c");
        await rig.Tree.WriteAsync("/a/b/f", "bytes");
        await rig.Tree.SymlinkAsync("/a/b/l", "f");
        await rig.IdleAsync();

        // Only the change of the file below is queued: it must find what it has to wait for by itself.
        await rig.RestartAsync(exporting: false);
        await rig.Tree.RenameAsync("/a/b", "/c/b");
        Batch forget = new(new object());
        foreach (ExportRow row in await rig.Store.GetExportsAsync(long.MaxValue, 0, 100))
            forget.Add(new RowWrite.DeleteExport(row.Id, row.Version));
        await rig.Store.CommitAsync(forget);
        await rig.Tree.ChmodAsync("/c/b/f", 0x180);
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal("bytes", await rig.TextAsync("c/b/f"));
        Assert.Equal("f", await rig.TextAsync("c/b/l"));
        Assert.Null(await rig.HeadAsync("a/b/l"));
        Assert.Null(await rig.HeadAsync("a/b/"));
        await rig.AssertMirrorAsync();
    }

    [Fact]
    public async Task Bytes_of_an_open_file_outlive_its_name()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("a", "still needed"));
        long content = (await rig.Tree.GetAsync("/a")).ContentId;
        await rig.Tree.UnlinkAsync("/a");
        await rig.IdleAsync();
        Assert.Null(await rig.TextAsync("a"));
        Assert.Equal("still needed", await rig.Tree.ReadContentAsync(content));
    }

    [Fact]
    public async Task A_replaced_released_file_keeps_its_bytes_under_its_other_name()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("a", "linked"));
        await rig.Tree.LinkAsync("/a", "/b");
        await rig.IdleAsync();
        Assert.Equal("linked", await rig.TextAsync("b"));
        await rig.Tree.WriteAsync("/tmp", "replacement");
        await rig.Tree.RenameAsync("/tmp", "/a");
        await rig.IdleAsync();
        Assert.Equal("replacement", await rig.TextAsync("a"));
        Assert.Equal("linked", await rig.TextAsync("b"));
        Assert.Equal("linked", await rig.Tree.ReadAsync("/b"));
        await rig.AssertMirrorAsync();
    }

    [Fact]
    public async Task Every_name_of_a_hard_link_has_an_object()
    {
        await using Rig rig = await Rig.StartAsync();
        await rig.Tree.WriteAsync("/a", "first");
        await rig.Tree.LinkAsync("/a", "/b");
        await rig.IdleAsync();
        await rig.Tree.WriteAsync("/b", "second");
        await rig.IdleAsync();
        Assert.Equal("second", await rig.TextAsync("a"));
        Assert.Equal("second", await rig.TextAsync("b"));
        await rig.Tree.UnlinkAsync("/a");
        await rig.IdleAsync();
        Assert.Null(await rig.TextAsync("a"));
        await rig.Tree.ReleaseAsync("/b");
        Assert.Equal("second", await rig.Tree.ReadAsync("/b"));
    }

    [Theory]
    [InlineData("second")]
    [InlineData("")]
    public async Task Every_name_of_a_hard_link_has_the_bytes_written_after_a_truncation(string second)
    {
        await using Rig rig = await Rig.StartAsync();
        await rig.Tree.WriteAsync("/a", "first");
        await rig.Tree.LinkAsync("/a", "/b");
        await rig.DrainAsync();
        await rig.Tree.WriteAsync("/a", second);
        await rig.DrainAsync();
        Assert.Equal((second, second), (await rig.TextAsync("a"), await rig.TextAsync("b")));
    }

    [Fact]
    public async Task Links_empty_directories_and_special_files()
    {
        await using Rig rig = await Rig.StartAsync();
        await rig.Tree.SymlinkAsync("/s", "to/somewhere");
        await rig.Tree.MkDirAsync("/empty");
        await rig.Tree.FifoAsync("/pipe");
        await rig.IdleAsync();
        Assert.Equal("to/somewhere", await rig.TextAsync("s"));
        Assert.Equal("0120777", (await rig.HeadAsync("s"))!.Metadata["file-permissions"]);
        Assert.Equal(0, (await rig.HeadAsync("empty/"))!.Size);
        Assert.Null(await rig.HeadAsync("pipe"));
        await rig.Tree.RenameAsync("/s", "/t");
        await rig.Tree.RenameAsync("/empty", "/moved");
        await rig.IdleAsync();
        Assert.Equal(["moved/", "t"], (await rig.BucketAsync(markers: true)).Keys);
    }

    [Fact]
    public async Task Chmod_keeps_the_bytes_and_what_others_put_on_the_object()
    {
        await using Rig rig = await Rig.StartAsync(fill: async rig =>
        {
            await rig.Direct.PutAsync("data/a", BodySource.FromMemory("abc"u8.ToArray()), new PutOptions
            {
                Metadata = new Dictionary<string, string> { ["color"] = "green" },
                Headers = new ObjectHeaders { ContentType = "text/x-special" },
            });
        });
        await rig.Tree.ChmodAsync("/a", 0x180);
        await rig.IdleAsync();
        ObjectInfo info = (await rig.HeadAsync("a"))!;
        Assert.Equal("0100600", info.Metadata["file-permissions"]);
        Assert.Equal("green", info.Metadata["color"]);
        Assert.Equal("text/x-special", info.Headers.ContentType);
        Assert.Equal(0, rig.Bucket.Puts);
        Assert.Equal("abc", await rig.Tree.ReadAsync("/a"));

        await rig.Tree.WriteAsync("/a", "changed");
        await rig.IdleAsync();
        info = (await rig.HeadAsync("a"))!;
        Assert.Equal("green", info.Metadata["color"]);
        Assert.Equal("text/x-special", info.Headers.ContentType);
        Assert.Equal("changed", await rig.TextAsync("a"));
    }

    [Fact]
    public async Task A_large_file_goes_up_in_parts()
    {
        await using Rig rig = await Rig.StartAsync();
        string text = new('x', 300_000);
        await rig.Tree.WriteAsync("/big", text);
        await rig.IdleAsync();
        Assert.Equal(text, await rig.TextAsync("big"));
        Assert.True(rig.Bucket.Parts > 1);
        Assert.Empty(await rig.UploadsAsync());
        ExportStatus status = await rig.Exporter.GetStatusAsync();
        Assert.Equal(300_000, status.BytesSent);
        await rig.Tree.ReleaseAsync("/big");
        Assert.Equal(text, await rig.Tree.ReadAsync("/big"));
    }

    [Fact]
    public async Task A_partly_loaded_file_that_was_changed_is_uploaded_whole()
    {
        string old = string.Concat(Enumerable.Range(0, 40_000).Select(i => (char)('a' + i % 26)));
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("p", old));
        await rig.Tree.PatchAsync("/p", 20_000, "CHANGED");
        await rig.IdleAsync();
        Assert.Equal(string.Concat(old.AsSpan(0, 20_000), "CHANGED", old.AsSpan(20_007)), await rig.TextAsync("p"));
    }

    [Fact]
    public async Task A_file_open_for_writing_is_exported_when_it_rests()
    {
        await using Rig rig = await Rig.StartAsync();
        Namespace.OpenWrite open = await rig.Tree.OpenWriteAsync("/w", "half");
        DrainResult drained = await rig.DrainAsync();
        Assert.Equal(FsxErrorCode.ResourceBusy, Assert.Single(drained.Failures).ErrorCode);
        // The helper creates before it opens, so that an empty object may be there already.
        Assert.True(string.IsNullOrEmpty(await rig.TextAsync("w")));
        await open.Content.WriteAsync(4, " and half"u8.ToArray(), CancellationToken.None);
        await open.DisposeAsync();
        await rig.IdleAsync();
        Assert.Equal("half and half", await rig.TextAsync("w"));
    }

    [Fact]
    public async Task A_file_rewritten_while_it_is_uploaded_ends_with_the_last_bytes()
    {
        await using Rig rig = await Rig.StartAsync();
        foreach (int size in new[] { 1000, 300_000 })
        {
            TaskCompletionSource entered = new(), go = new();
            rig.Bucket.Pause = async _ =>
            {
                entered.TrySetResult();
                await go.Task;
            };
            await rig.Tree.WriteAsync($"/f{size}", new string('1', size));
            await entered.Task;
            await rig.Tree.WriteAsync($"/f{size}", new string('2', size));
            rig.Bucket.Pause = null;
            go.SetResult();
            await rig.IdleAsync();
            Assert.Equal(new string('2', size), await rig.TextAsync($"f{size}"));
        }
        Assert.Empty(await rig.UploadsAsync());
        await rig.AssertMirrorAsync();
    }

    [Fact]
    public async Task Without_auto_export_entries_wait_for_a_command()
    {
        await using Rig rig = await Rig.StartAsync(new LinkOptions { ExportPolicy = RepositoryEvents.None });
        await rig.Tree.MkDirAsync("/d");
        await rig.Tree.WriteAsync("/d/a", "a");
        await rig.Tree.WriteAsync("/b", "b");
        await Task.Delay(300);
        Assert.Empty(await rig.BucketAsync(markers: true));
        DrainResult drained = await rig.DrainAsync("/d");
        Assert.Empty(drained.Failures);
        Assert.Equal(["d/", "d/a"], (await rig.BucketAsync(markers: true)).Keys);
        await rig.Links.UpdateAsync(rig.Link.Id, row => row with { Options = new LinkOptions().ToJson() });
        await rig.IdleAsync();
        await rig.AssertMirrorAsync();
    }

    [Fact]
    public async Task Names_that_cannot_be_keys_are_reported_and_stay()
    {
        await using Rig rig = await Rig.StartAsync();
        string deep = "";
        for (int i = 0; i < 5; i++)
        {
            deep += "/" + new string((char)('a' + i), 250);
            await rig.Tree.MkDirAsync(deep);
        }
        DrainResult drained = await rig.DrainAsync();
        ExportFailure failure = Assert.Single(drained.Failures);
        Assert.Equal(FsxErrorCode.PathSizeTooLong, failure.ErrorCode);
        Assert.Equal(deep, failure.Path);
        Assert.Contains(await rig.Store.GetEventsAsync(10), e => e.Code == ExportEventCode.PathSizeTooLong);
        Assert.Single(await rig.Exporter.GetFailingAsync(10));
    }

    [Fact]
    public void Parts_grow_with_the_file()
    {
        const long MiB = 1 << 20;
        Assert.Equal(16 * MiB, PartsUpload.PartSizeFor(100 * MiB, 16 * MiB, ObjectStoreLimits.AmazonS3));
        long size = PartsUpload.PartSizeFor(5L << 40, 16 * MiB, ObjectStoreLimits.AmazonS3);
        Assert.True((5L << 40) <= size * 10_000 && size % MiB == 0);
    }

    [Fact]
    public void Waits_double_up_to_the_longest()
    {
        ExportOptions options = new();
        Assert.Equal(TimeSpan.FromSeconds(1), OutcomeStore.Delay(1, options, 1));
        Assert.Equal(TimeSpan.FromSeconds(8), OutcomeStore.Delay(4, options, 1));
        Assert.Equal(TimeSpan.FromMinutes(2.5), OutcomeStore.Delay(1000, options, 0));
    }
}
