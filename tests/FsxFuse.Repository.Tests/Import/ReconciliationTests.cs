using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Links;

namespace FsxFuse.Repository.Tests.Import;

/// <summary>A listing that looks only at what is known here.</summary>
public sealed class ReconciliationTests
{
    [Fact]
    public async Task Where_nobody_looked_nothing_is_asked_and_nothing_imported()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/d/", 2500);
        RefreshCounts counts = await ReconcileAsync(fs);
        Assert.Equal((0, 0), (fs.Bucket.Lists, fs.Bucket.Heads));
        Assert.Equal(default, counts);
        Assert.Empty(await fs.NamesAsync());
    }

    [Fact]
    public async Task In_listed_directories_new_changed_and_deleted_objects_are_found()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        foreach (string key in new[] { "p/same", "p/changed", "p/gone", "p/d/same", "p/d/gone", "p/e/gone", "p/unlisted/a", "p/unlisted/b" })
            fs.Bucket.Put(key, key);
        foreach (string directory in new[] { "/", "/d", "/e" })
            await fs.Importer.ListAsync(directory == "/" ? InodeRow.RootId : (await fs.GetAsync(directory)).Inode.Id);
        fs.Bucket.Put("p/changed", "something else");
        fs.Bucket.Put("p/new");
        fs.Bucket.Put("p/d/new");
        fs.Bucket.Put("p/n/e/w");
        fs.Bucket.Put("p/unlisted/c");
        foreach (string key in new[] { "p/gone", "p/d/gone", "p/e/gone" })
            fs.Bucket.Remove(key);
        RefreshCounts counts = await ReconcileAsync(fs);
        Assert.Equal(["changed", "d", "n", "new", "same", "unlisted"], await fs.NamesAsync());
        Assert.Equal(14, (await fs.GetAsync("/changed")).Inode.Size);
        Assert.Equal(["new", "same"], await fs.NamesAsync((await fs.GetAsync("/d")).Inode.Id));
        Assert.Equal((3L, 1L, 4L), (counts.New, counts.Changed, counts.Deleted));
        // What nobody looked into stays for whoever does.
        foreach (string unlisted in new[] { "/unlisted", "/n" })
        {
            NamedInode directory = await fs.GetAsync(unlisted);
            Assert.Equal(ListingState.Unlisted, (await fs.Store.GetDirectoryAsync(directory.Inode.Id))!.Listing);
            Assert.Empty(await fs.NamesAsync(directory.Inode.Id));
        }
        fs.Bucket.ResetCounts();
        Assert.Equal((0L, 0L, 0L), Changes(await ReconcileAsync(fs)));
        Assert.Equal((1, 0), (fs.Bucket.Lists, fs.Bucket.Heads));
    }

    [Fact]
    public async Task Below_what_was_not_listed_names_that_were_looked_up_are_followed_and_the_rest_is_passed_over()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.PutMany("p/a/", 3000);
        fs.Bucket.PutMany("p/b/c/", 3000);
        fs.Bucket.PutMany("p/m/", 2500);
        fs.Bucket.PutMany("p/z/", 3000);
        foreach (string path in new[] { "/a/001000", "/a/002000", "/b/c/000007", "/m" })
            await LookUpAsync(fs, path);
        await fs.Importer.ListAsync((await fs.GetAsync("/m")).Inode.Id);
        fs.Bucket.Put("p/a/001000", "changed");
        fs.Bucket.Remove("p/a/002000");
        fs.Bucket.Put("p/a/000001x");
        fs.Bucket.Put("p/m/000000a");
        fs.Bucket.Remove("p/b/c/000007");
        fs.Bucket.ResetCounts();
        RefreshCounts counts = await ReconcileAsync(fs);
        Assert.Equal((1L, 1L, 2L), Changes(counts));
        Assert.Equal(["001000"], await fs.NamesAsync((await fs.GetAsync("/a")).Inode.Id));
        Assert.NotNull(await fs.FindAsync("/m/000000a"));
        Assert.Null(await fs.FindAsync("/b/c/000007"));
        // Three leaps to names and one to the listed directory's three pages; b and b/c are there still.
        Assert.InRange(fs.Bucket.Lists, 6, 8);
        Assert.Equal(["a", "b", "m"], await fs.NamesAsync());
    }

    [Fact]
    public async Task A_policy_leaves_out_what_it_does_not_name_and_asks_nothing_for_it()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        foreach (string key in new[] { "p/changed", "p/gone" })
            fs.Bucket.Put(key, key);
        await fs.Importer.ListAsync(InodeRow.RootId);
        fs.Bucket.Put("p/changed", "something else");
        fs.Bucket.Put("p/new");
        fs.Bucket.Remove("p/gone");
        fs.Bucket.ResetCounts();
        Assert.Equal((0L, 0L, 0L), Changes(await ReconcileAsync(fs, RepositoryEvents.None)));
        Assert.Equal(0, fs.Bucket.Heads);
        Assert.Equal((1L, 0L, 0L), Changes(await ReconcileAsync(fs, RepositoryEvents.New)));
        Assert.Equal((0L, 1L, 0L), Changes(await ReconcileAsync(fs, RepositoryEvents.Changed)));
        Assert.Equal((0L, 0L, 1L), Changes(await ReconcileAsync(fs, RepositoryEvents.Deleted)));
        Assert.Equal(["changed", "new"], await fs.NamesAsync());
    }

    [Fact]
    public async Task A_directory_that_others_filled_and_emptied_comes_and_goes_and_one_of_ours_stays()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/x");
        await fs.Importer.ListAsync(InodeRow.RootId);
        fs.Bucket.Put("p/d/e/f");
        await ReconcileAsync(fs);
        await LookUpAsync(fs, "/d/e/f");
        await fs.CreateFileAsync((await fs.GetAsync("/d")).Inode.Id, "ours");
        fs.Bucket.Remove("p/d/e/f");
        await ReconcileAsync(fs);
        Assert.Equal(["ours"], await fs.NamesAsync((await fs.GetAsync("/d")).Inode.Id));
    }

    private static (long New, long Changed, long Deleted) Changes(RefreshCounts counts) => (counts.New, counts.Changed, counts.Deleted);

    private static Task<RefreshCounts> ReconcileAsync(ImportFixture fs, RepositoryEvents events = RepositoryEvents.All) =>
        fs.Importer.RefreshAsync(new RefreshRequest { Link = fs.Link, KeyPrefix = fs.Link.Prefix, KnownOnly = true, Events = events });

    private static async Task LookUpAsync(ImportFixture fs, string path)
    {
        string at = "";
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            await fs.Importer.ImportNameAsync(at.Length == 0 ? InodeRow.RootId : (await fs.GetAsync(at)).Inode.Id, new FileName(name));
            at += "/" + name;
        }
    }
}
