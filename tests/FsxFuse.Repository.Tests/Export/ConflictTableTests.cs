using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Tests.Export;

/// <summary>
/// What becomes of one file that both sides changed: each pair of changes under each policy, whether the export or the import finds it first.
/// Whatever version is gone at the end, an event says so.
/// </summary>
public sealed class ConflictTableTests
{
    private const string Base = "base", Local = "local", Remote = "remote";

    // Names that are there at the end, with their bytes; "a!" is the conflict copy beside a.
    [Theory]
    [InlineData("write", "write", "a=remote a!=local", "a=local", "a=remote")]
    [InlineData("write", "delete", "a=local", "a=local", "")]
    [InlineData("write", "rename", "a=local c=base", "a=local c=base", "c=base")]
    [InlineData("delete", "write", "a=remote", "", "a=remote")]
    [InlineData("delete", "delete", "", "", "")]
    [InlineData("delete", "rename", "c=base", "c=base", "c=base")]
    [InlineData("rename", "write", "a=remote b=base", "b=base", "a=remote b=base")]
    [InlineData("rename", "delete", "b=base", "b=base", "b=base")]
    [InlineData("rename", "rename", "b=base c=base", "b=base c=base", "b=base c=base")]
    public async Task Both_sides_changed(string here, string there, string keepBoth, string fileSystemWins, string repositoryWins)
    {
        foreach ((ConflictPolicy policy, string expected) in new[]
        {
            (ConflictPolicy.KeepBoth, keepBoth), (ConflictPolicy.FileSystemWins, fileSystemWins), (ConflictPolicy.RepositoryWins, repositoryWins),
        })
        {
            foreach (bool importFirst in new[] { false, true })
            {
                string what = $"{here} here, {there} there, {policy}, {(importFirst ? "import" : "export")} first";
                await using Rig rig = await Rig.StartAsync(new LinkOptions { Conflict = policy }, exporting: false, fill: rig => rig.PutAsync("a", Base));
                Assert.Equal(Base, await rig.Tree.ReadAsync("/a"));
                await ChangeHereAsync(rig, here);
                await ChangeThereAsync(rig, there);
                if (importFirst)
                    await ReconcileAsync(rig);
                await rig.ExportAsync();
                await rig.IdleAsync();
                await ReconcileAsync(rig);
                await rig.IdleAsync();

                string there2 = Text(await rig.BucketAsync()), here2 = Text(await rig.Tree.FilesAsync());
                Assert.True(expected == there2 && expected == here2, $"{what}: '{expected}' was expected; the bucket has '{there2}', the file system '{here2}'");
                IReadOnlyList<EventRow> events = await rig.Store.GetEventsAsync(100);
                foreach (string version in new[] { here == "write" ? Local : "", there == "write" ? Remote : "" })
                    Assert.True(version.Length == 0 || expected.Contains(version, StringComparison.Ordinal) || events.Count > 0, $"{what}: '{version}' went without a word");
            }
        }
    }

    [Theory]
    [InlineData("write")]
    [InlineData("delete")]
    [InlineData("rename")]
    public async Task A_file_that_was_renamed_here_before_it_was_loaded_and_changed_there_is_said_to_have_lost_its_bytes(string there)
    {
        foreach (ConflictPolicy policy in Enum.GetValues<ConflictPolicy>())
        {
            await using Rig rig = await Rig.StartAsync(new LinkOptions { Conflict = policy }, exporting: false, fill: rig => rig.PutAsync("a", Base));
            await rig.Tree.RenameAsync("/a", "/b");
            await ChangeThereAsync(rig, there);
            await rig.ExportAsync();
            // The name stays, marked; the event tells whose bytes are gone.
            for (int i = 0; !(await rig.Tree.GetAsync("/b")).Flags.HasFlag(InodeFlags.Lost); i++)
            {
                Assert.True(i < 300, $"{there}, {policy}");
                await Task.Delay(100);
            }
            await ReconcileAsync(rig);
            Assert.Contains(await rig.Store.GetEventsAsync(100), e => e.Message.Contains("/b", StringComparison.Ordinal));
            if (there == "rename")
                Assert.Equal(Base, await rig.TextAsync("c"));
        }
    }

    private static Task ChangeHereAsync(Rig rig, string change) => change switch
    {
        "write" => rig.Tree.WriteAsync("/a", Local),
        "delete" => rig.Tree.UnlinkAsync("/a"),
        _ => rig.Tree.RenameAsync("/a", "/b"),
    };

    private static async Task ChangeThereAsync(Rig rig, string change)
    {
        if (change == "write")
        {
            await rig.PutAsync("a", Remote);
            return;
        }
        if (change == "rename")
            await rig.PutAsync("c", Base);
        await rig.Direct.DeleteAsync("data/a");
    }

    private static Task<RefreshCounts> ReconcileAsync(Rig rig) =>
        rig.Importer.RefreshAsync(new RefreshRequest { Link = rig.Link, KeyPrefix = rig.Link.Prefix, KnownOnly = true });

    private static string Text(SortedDictionary<string, string> files) => string.Join(' ', files
        .Select(file => $"{(file.Key.Contains(".conflict-", StringComparison.Ordinal) ? file.Key[..file.Key.IndexOf(".conflict-", StringComparison.Ordinal)] + "!" : file.Key)}={file.Value}"));
}
