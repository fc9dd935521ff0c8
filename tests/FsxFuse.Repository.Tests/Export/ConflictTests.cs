using FsxFuse.Metadata;
using FsxFuse.Repository.Export;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Tests.Export;

public class ConflictTests
{
    [Fact]
    public async Task Both_versions_stay_by_default()
    {
        await using Rig rig = await Rig.StartAsync(exporting: false, fill: rig => rig.PutAsync("a.txt", "base"));
        await rig.Tree.WriteAsync("/a.txt", "local");
        await rig.PutAsync("a.txt", "remote");
        await rig.ExportAsync();
        await rig.IdleAsync();
        SortedDictionary<string, string> bucket = await rig.BucketAsync();
        Assert.Equal("remote", bucket["a.txt"]);
        string copy = Assert.Single(bucket.Keys, key => key.StartsWith("a.txt.conflict-rig-", StringComparison.Ordinal));
        Assert.Equal("local", bucket[copy]);
        Assert.Equal("remote", await rig.Tree.ReadAsync("/a.txt"));
        await rig.AssertMirrorAsync();
        Assert.Contains(await rig.Store.GetEventsAsync(10), e => e.Code == ExportEventCode.Conflict && e.Subject == "/a.txt");
    }

    [Fact]
    public async Task A_new_file_does_not_replace_an_object_that_appeared()
    {
        await using Rig rig = await Rig.StartAsync(exporting: false);
        await rig.Tree.WriteAsync("/n", "mine");
        await rig.PutAsync("n", "theirs");
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal("theirs", await rig.TextAsync("n"));
        Assert.Equal(2, (await rig.BucketAsync()).Count);
        await rig.AssertMirrorAsync();
    }

    [Fact]
    public async Task Without_conditions_a_change_before_the_look_is_kept_and_one_after_it_is_overwritten()
    {
        await using Rig rig = await Rig.StartAsync(exporting: false, fill: async rig =>
        {
            rig.Bucket.IgnoresConditions = true;
            await rig.PutAsync("before.txt", "base");
            await rig.PutAsync("after.txt", "base");
        });
        await rig.Tree.WriteAsync("/before.txt", "local");
        await rig.Tree.WriteAsync("/after.txt", "local");
        await rig.PutAsync("before.txt", "remote");
        bool written = false;
        rig.Bucket.Before = (operation, key) =>
        {
            if (operation == "put" && key.EndsWith("after.txt", StringComparison.Ordinal) && !written)
            {
                written = true;
                rig.Bucket.Before = null;
                rig.PutAsync("after.txt", "remote").GetAwaiter().GetResult();
            }
        };
        await rig.ExportAsync();
        await rig.IdleAsync();
        SortedDictionary<string, string> bucket = await rig.BucketAsync();
        Assert.True(written);
        Assert.Equal("remote", bucket["before.txt"]);
        Assert.Equal("local", bucket["after.txt"]);
        Assert.Equal("local", bucket[Assert.Single(bucket.Keys, key => key.Contains(".conflict-", StringComparison.Ordinal))]);
        await rig.AssertMirrorAsync();
    }

    [Theory]
    [InlineData(ConflictPolicy.FileSystemWins, "local")]
    [InlineData(ConflictPolicy.RepositoryWins, "remote")]
    public async Task A_policy_decides(ConflictPolicy policy, string expected)
    {
        await using Rig rig = await Rig.StartAsync(new LinkOptions { Conflict = policy }, exporting: false, fill: rig => rig.PutAsync("a", "base"));
        await rig.Tree.WriteAsync("/a", "local");
        await rig.PutAsync("a", "remote");
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal(expected, await rig.TextAsync("a"));
        Assert.Single(await rig.BucketAsync());
        await rig.AssertMirrorAsync();
    }

    [Fact]
    public async Task An_object_deleted_by_others_is_written_again()
    {
        await using Rig rig = await Rig.StartAsync(exporting: false, fill: rig => rig.PutAsync("a", "base"));
        await rig.Tree.WriteAsync("/a", "local");
        await rig.Direct.DeleteAsync("data/a");
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal("local", await rig.TextAsync("a"));
    }

    [Fact]
    public async Task A_deletion_spares_what_others_changed()
    {
        await using Rig rig = await Rig.StartAsync(exporting: false, fill: rig => rig.PutAsync("a", "base"));
        await rig.Tree.UnlinkAsync("/a");
        await rig.PutAsync("a", "remote");
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal("remote", await rig.TextAsync("a"));
        Assert.Equal("remote", await rig.Tree.ReadAsync("/a"));
    }

    [Fact]
    public async Task A_write_to_a_temporary_name_and_rename_is_no_conflict()
    {
        await using Rig rig = await Rig.StartAsync(fill: rig => rig.PutAsync("a", "base"));
        for (int i = 0; i < 3; i++)
        {
            await rig.Tree.WriteAsync("/a.tmp", $"version {i}");
            await rig.Tree.RenameAsync("/a.tmp", "/a");
            await rig.IdleAsync();
        }
        Assert.Equal(["a"], (await rig.BucketAsync()).Keys);
        Assert.Equal("version 2", await rig.TextAsync("a"));
        Assert.Empty(await rig.Store.GetEventsAsync(10));
    }

    [Theory]
    [InlineData("put", 100)]
    [InlineData("complete", 300_000)]
    [InlineData("copy", 100)]
    public async Task An_upload_whose_answer_was_lost_is_adopted(string operation, int size)
    {
        await using Rig rig = await Rig.StartAsync(exporting: false, fill: rig => rig.PutAsync("source", new string('s', size)));
        int losses = 0;
        rig.Bucket.After = (done, _) =>
        {
            if (done == operation && losses++ < 1)
                throw new ObjectStoreException(ObjectStoreErrorKind.Unreachable, "The answer was lost.");
        };
        if (operation == "copy")
            await rig.Tree.RenameAsync("/source", "/x");
        else
            await rig.Tree.WriteAsync("/x", new string('x', size));

        // Not before: the file is empty for a moment, and would be sent as that, too.
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal(1, losses);
        await rig.AssertMirrorAsync();
        Assert.Empty(await rig.Store.GetEventsAsync(10));
        Assert.Equal(operation == "put" ? 1 : 0, rig.Bucket.Puts);
    }

    [Fact]
    public async Task An_upload_lost_in_a_crash_is_adopted_even_when_the_file_changed_since()
    {
        await using Rig rig = await Rig.StartAsync();
        rig.Bucket.After = (done, _) =>
        {
            if (done == "put")
                throw new ObjectStoreException(ObjectStoreErrorKind.Unreachable, "The answer was lost.");
        };
        bool down = false;
        rig.Bucket.Before = (what, _) =>
        {
            down |= what == "put";
            if (down && what == "head")
                throw new ObjectStoreException(ObjectStoreErrorKind.Unreachable, "Down.");
        };
        await rig.Tree.WriteAsync("/x", "first");
        while (await rig.TextAsync("x") is null)
            await Task.Delay(5);
        await rig.RestartAsync(exporting: false);
        rig.Bucket.After = rig.Bucket.Before = null;
        await rig.Tree.WriteAsync("/x", "second");
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal("second", await rig.TextAsync("x"));
        await rig.AssertMirrorAsync();
        Assert.Empty(await rig.Store.GetEventsAsync(10));
    }

    [Fact]
    public async Task What_others_change_on_an_object_of_ours_is_theirs_though_it_keeps_our_stamp()
    {
        await using Rig rig = await Rig.StartAsync();
        await rig.Tree.WriteAsync("/x", "ours");
        await rig.IdleAsync();
        ObjectInfo info = (await rig.HeadAsync("x"))!;
        await rig.Exporter.DisposeAsync();
        await rig.Tree.WriteAsync("/x", "ours again");
        // As s3fs rewrites an object: new bytes, all metadata kept.
        await rig.Direct.PutAsync("data/x", BodySource.FromMemory("theirs"u8.ToArray()), new PutOptions { Metadata = info.Metadata });
        await rig.ExportAsync();
        await rig.IdleAsync();
        Assert.Equal("theirs", await rig.TextAsync("x"));
        Assert.Equal(2, (await rig.BucketAsync()).Count);
    }

    [Fact]
    public void Conflict_names_fit_and_stay_text()
    {
        DateTimeOffset time = new(2024, 2, 3, 4, 5, 6, TimeSpan.Zero);
        Assert.Equal("a.txt.conflict-host-20240203T040506Z", ConflictName.Make(new FileName("a.txt"), "ho/st", time, 1).ToString());
        FileName longest = ConflictName.Make(new FileName(new string('ö', 127)), "host", time, 12);
        Assert.True(longest.Length <= FileName.MaxLength);
        Assert.True(longest.TryGetText(out string? text));
        Assert.EndsWith("-12", text, StringComparison.Ordinal);
    }
}
