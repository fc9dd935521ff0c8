using System.Text;
using System.Text.Json;
using Amazon.S3.Model;
using Xunit.Abstractions;

namespace FsxFuse.Integration.Tests;

/// <summary>Links of a mounted file system: added, changed, refused, mended, removed.</summary>
[Collection(S3Collection.Name)]
public sealed class LinkTests(S3Server server, ITestOutputHelper output)
{
    [Fact]
    public async Task Nine_links_are_added_listed_updated_and_removed_while_mounted()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        for (int i = 1; i <= 9; i++)
            await bucket.PutAsync($"p{i}/file", Encoding.UTF8.GetBytes($"from {i}"));
        await using TestMount mount = await CreateAsync();
        for (int i = 1; i <= 9; i++)
            await AddAsync(mount, $"{bucket.Url}/p{i}", $"data/l{i}");
        await mount.BashAsync("for i in 1 2 3 4 5 6 7 8 9; do [ \"$(cat data/l$i/file)\" = \"from $i\" ]; echo new > data/l$i/new; done");
        await mount.ExportAsync();
        Assert.Equal("new\n"u8.ToArray(), await bucket.GetAsync("p7/new"));

        // Neither side may hold another link's.
        foreach ((string url, string path, string reason) in new[]
        {
            ($"{bucket.Url}/p1/deeper", "other", "overlaps"), (bucket.Url, "other", "overlaps"), ($"{bucket.Url}/p10", "data/l1/below", "nested"), ($"{bucket.Url}/p10", "data", "not empty"),
        })
        {
            ShellResult refused = await mount.FsxAsync(["link", "add", url, $"{mount.Mountpoint}/{path}", "-o", server.MountOptions]);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains(reason, refused.Errors, StringComparison.Ordinal);
        }

        JsonElement[] links = await LinksAsync(mount);
        Assert.Equal(9, links.Length);
        Assert.All(links, link => Assert.Equal("AVAILABLE", link.GetProperty("lifecycle").GetString()));
        string id = links[4].GetProperty("associationId").GetString()!;
        await mount.RunAsync("link", "update", id, "--export-policy", "NEW", "--import-policy", "deleted,changed", "--conflict", "s3-wins", "-o", "import_interval=1");
        JsonElement updated = (await LinksAsync(mount))[4];
        Assert.Equal(["CHANGED", "DELETED"], updated.GetProperty("importPolicy").EnumerateArray().Select(e => e.GetString()!));
        Assert.Equal(["NEW"], updated.GetProperty("exportPolicy").EnumerateArray().Select(e => e.GetString()!));
        Assert.Equal("s3-wins", updated.GetProperty("conflict").GetString());
        await mount.BashAsync("ls data/l5; echo more >> data/l5/new; echo created > data/l5/created");
        await bucket.PutAsync("p5/unwanted", "x"u8.ToArray());
        await bucket.PutAsync("p5/file", "from there"u8.ToArray());
        await Eventually.PassesAsync(async () =>
        {
            Assert.Equal("created\n"u8.ToArray(), await bucket.GetAsync("p5/created"));
            await mount.BashAsync("[ \"$(cat data/l5/file)\" = 'from there' ]; [ ! -e data/l5/unwanted ]");
        });
        Assert.Equal("new\n"u8.ToArray(), await bucket.GetAsync("p5/new"));
        Assert.Equal(2, (await mount.FsxAsync("link", "update", id, "--conflict", "mine")).ExitCode);
        Assert.Equal(2, (await mount.FsxAsync("link", "update", id, "--import-policy", "RENAMED")).ExitCode);

        await mount.BashAsync("echo last > data/l1/last");
        await mount.RunAsync("link", "remove", $"{mount.Mountpoint}/data/l1", "--delete-data");
        Assert.Equal("last\n"u8.ToArray(), await bucket.GetAsync("p1/last"));
        await mount.BashAsync("[ -z \"$(ls -A data/l1)\" ]; echo local > data/l1/mine; [ $(cat data/l1/mine) = local ]");
        await mount.RunAsync("preload", $"{mount.Mountpoint}/data/l2");
        await mount.RunAsync("link", "remove", $"{mount.Mountpoint}/data/l2");
        await mount.BashAsync("[ \"$(cat data/l2/file)\" = 'from 2' ]; mv data/l2/file data/l2/renamed; echo changed > data/l2/new");
        Assert.Equal(7, (await LinksAsync(mount)).Length);
        await mount.ExportAsync();
        Assert.Equal("new\n"u8.ToArray(), await bucket.GetAsync("p2/new"));
        Assert.Equal("from 2"u8.ToArray(), await bucket.GetAsync("p2/file"));

        // What was removed is free to be linked again, and everything is as it was after a new mount.
        await mount.UnmountAsync();
        await mount.MountAsync();
        await mount.BashAsync("[ \"$(cat data/l2/renamed)\" = 'from 2' ]; [ $(cat data/l2/new) = changed ]; [ \"$(cat data/l3/file)\" = 'from 3' ]; rm -r data/l1; mkdir data/l1");
        await AddAsync(mount, $"{bucket.Url}/p1", "data/l1");
        await mount.BashAsync("[ $(cat data/l1/last) = last ]");
    }

    [Fact]
    public async Task A_link_whose_bucket_refuses_is_MISCONFIGURED_with_the_reason_and_works_again_by_itself()
    {
        await using Bucket good = await server.CreateBucketAsync();
        Bucket bad = await server.CreateBucketAsync();
        await bad.PutAsync("x", "x"u8.ToArray());
        await using TestMount mount = await CreateAsync();
        await AddAsync(mount, good.Url, "good");
        await AddAsync(mount, bad.Url, "bad");
        await mount.BashAsync("ls bad good; cat bad/x");
        await bad.DisposeAsync();
        await mount.BashAsync("echo waiting > bad/waiting; echo fine > good/fine");
        await Eventually.PassesAsync(async () =>
        {
            JsonElement link = (await LinksAsync(mount)).Single(l => l.GetProperty("path").GetString() == "/bad");
            Assert.Equal("MISCONFIGURED", link.GetProperty("lifecycle").GetString());
            output.WriteLine(link.GetProperty("failureMessage").GetString());
            Assert.Contains(bad.Name, link.GetProperty("failureMessage").GetString(), StringComparison.Ordinal);
        });
        // The other goes on, what is cached is served, and a new mount is possible.
        await Eventually.PassesAsync(async () => Assert.Equal("fine\n"u8.ToArray(), await good.GetAsync("fine")));
        await mount.BashAsync("[ $(cat bad/waiting) = waiting ]; [ $(cat bad/x) = x ]");
        Assert.Contains("MISCONFIGURED", await mount.RunAsync("status", mount.Mountpoint), StringComparison.Ordinal);
        await mount.UnmountAsync();
        await mount.MountAsync();
        await mount.BashAsync("[ $(cat bad/waiting) = waiting ]");

        // Nothing that is queued is dropped without a word.
        ShellResult refused = await mount.FsxAsync("link", "remove", $"{mount.Mountpoint}/bad", "--delete-data");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("waiting", refused.Errors, StringComparison.Ordinal);
        output.WriteLine(refused.Errors);

        using Amazon.S3.AmazonS3Client client = server.Connect();
        await client.PutBucketAsync(bad.Name);
        try
        {
            await Eventually.PassesAsync(async () =>
            {
                JsonElement link = (await LinksAsync(mount)).Single(l => l.GetProperty("path").GetString() == "/bad");
                Assert.Equal("AVAILABLE", link.GetProperty("lifecycle").GetString());
                Assert.Equal(JsonValueKind.Null, link.GetProperty("failureMessage").ValueKind);
                using GetObjectResponse there = await client.GetObjectAsync(bad.Name, "waiting");
                Assert.Equal(8, there.ContentLength);
            });
        }
        finally
        {
            foreach (S3Object item in (await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bad.Name })).S3Objects ?? [])
                await client.DeleteObjectAsync(bad.Name, item.Key);
            await client.DeleteBucketAsync(bad.Name);
        }
    }

    [Fact]
    public async Task Removing_a_link_is_refused_while_something_would_be_lost_and_forced_says_what_was()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await bucket.PutAsync("loaded", "loaded"u8.ToArray());
        await bucket.PutAsync("d/not", "not loaded"u8.ToArray());
        await using TestMount mount = await CreateAsync();
        await AddAsync(mount, bucket.Url, "l", "--export-policy", "none");
        await mount.BashAsync("cat l/loaded; echo mine > l/mine");
        string path = $"{mount.Mountpoint}/l";
        Assert.Contains("never listed", (await mount.FsxAsync("link", "remove", path)).Errors, StringComparison.Ordinal);
        await mount.BashAsync("ls l/d");
        Assert.Contains("1 files", (await mount.FsxAsync("link", "remove", path)).Errors, StringComparison.Ordinal);
        Assert.Contains("never exported", (await mount.FsxAsync("link", "remove", path, "--delete-data")).Errors, StringComparison.Ordinal);
        Assert.Equal("AVAILABLE", Assert.Single(await LinksAsync(mount)).GetProperty("lifecycle").GetString());
        await mount.BashAsync("[ $(cat l/mine) = mine ]; [ \"$(cat l/loaded)\" = loaded ]");
        await mount.RunAsync("link", "remove", path, "--force");
        Assert.Empty(await LinksAsync(mount));
        await mount.BashAsync("[ $(cat l/mine) = mine ]; [ \"$(cat l/loaded)\" = loaded ]; ls l/d/not; ! cat l/d/not 2> /dev/null");
        Assert.Contains("1 files that were not in the cache", (await mount.StatusAsync()).GetProperty("events").ToString(), StringComparison.Ordinal);
        Assert.Equal(["d/not", "loaded"], (await bucket.ListAsync()).Keys);
    }

    [Fact]
    public async Task A_link_made_with_an_import_is_CREATING_until_everything_is_known()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await bucket.PutManyAsync(Enumerable.Range(0, 300).Select(i => ($"d{i % 7}/f{i}", "x"u8.ToArray())));
        await using TestMount mount = await CreateAsync();
        JsonElement link = JsonDocument.Parse(await mount.RunAsync(
            "link", "add", bucket.Url, $"{mount.Mountpoint}/l", "--import", "--detach", "--json", "-o", server.MountOptions)).RootElement;
        Assert.Equal("CREATING", link.GetProperty("lifecycle").GetString());
        await mount.RunAsync("task", "wait", link.GetProperty("importTask").GetString()!);
        await Eventually.PassesAsync(async () => Assert.Equal("AVAILABLE", Assert.Single(await LinksAsync(mount)).GetProperty("lifecycle").GetString()));
        Counters before = await mount.CountersAsync();
        Assert.Equal("300", (await mount.BashAsync("find l -type f | wc -l")).Trim());
        Assert.Equal(0, (await mount.CountersAsync()).Since(before).Total);
    }

    private async Task<TestMount> CreateAsync()
    {
        TestMount mount = new("data", "", server.Environment);
        try
        {
            await mount.RunAsync("create", "data");
            return await mount.MountAsync();
        }
        catch
        {
            await mount.DisposeAsync();
            throw;
        }
    }

    // A link's options hold what it needs to reach its server; the credentials come from the environment.
    private async Task AddAsync(TestMount mount, string url, string path, params string[] more) =>
        await mount.RunAsync(["link", "add", url, $"{mount.Mountpoint}/{path}", "-o", server.MountOptions, .. more]);

    private static async Task<JsonElement[]> LinksAsync(TestMount mount) =>
        [.. JsonDocument.Parse(await mount.RunAsync("link", "list", mount.Mountpoint, "--json")).RootElement.EnumerateArray()];
}
