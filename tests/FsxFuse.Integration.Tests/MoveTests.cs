using System.Text;
using System.Text.Json;

namespace FsxFuse.Integration.Tests;

/// <summary>rename(2) of a directory is one commit, whatever is below; its objects follow in the background, on the server.</summary>
[Collection(S3Collection.Name)]
public sealed class MoveTests(S3Server server)
{
    private const int Files = 1000;

    /// <summary>How much of the directory is known here before it is moved.</summary>
    public enum Known
    {
        /// <summary>Only its name.</summary>
        Name,

        /// <summary>It was looked at.</summary>
        Attributes,

        /// <summary>It was listed.</summary>
        Names,

        /// <summary>It was read, and released again.</summary>
        Released,

        /// <summary>It is in the cache.</summary>
        Bytes,
    }

    [Theory]
    [InlineData(Known.Name)]
    [InlineData(Known.Attributes)]
    [InlineData(Known.Names)]
    [InlineData(Known.Released)]
    [InlineData(Known.Bytes)]
    public async Task Moving_a_directory_asks_for_nothing_and_its_objects_follow_on_the_server(Known known)
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await bucket.PutManyAsync(Enumerable.Range(0, Files).Select(i => ($"old/{(i % 2 == 0 ? "" : "sub/")}f{i:d4}", Encoding.UTF8.GetBytes($"content {i}"))));
        await using TestMount mount = await bucket.NewMount(options: "auto_export=off").MountAsync();
        await mount.BashAsync("ls > /dev/null" + known switch
        {
            Known.Attributes => "; stat old > /dev/null",
            Known.Names => "; find . > /dev/null",
            Known.Bytes or Known.Released => "; grep -rq nothing . || true",
            _ => "",
        });
        if (known == Known.Released)
        {
            await mount.RunAsync("release", mount.Mountpoint);
        }

        Counters start = await mount.CountersAsync();
        await mount.BashAsync("python3 -c 'import os; os.rename(\"old\", \"new\")'");
        Counters renamed = (await mount.CountersAsync()).Since(start);
        Assert.True(renamed.Total == 0, $"rename: {renamed}");

        // The old name is free at once; what is behind the new one stays readable.
        await mount.BashAsync("""
            mkdir old old/sub
            echo again > old/f0008; echo again > old/sub/f0007
            test "$(cat old/f0008)" = again
            test "$(cat new/f0008)" = "content 8"
            test "$(cat new/sub/f0007)" = "content 7"
            test $(find new -type f | wc -l) = 1000
            test $(find old -type f | wc -l) = 2
            """);
        Assert.Equal(Files, (await bucket.ListAsync("old/")).Count);

        start = await mount.CountersAsync();
        await mount.ExportAsync();
        Counters followed = (await mount.CountersAsync()).Since(start);
        Assert.InRange(followed["copy"], Files, Files + 64);
        // The two new files, and what a probe of the server's abilities sends.
        Assert.InRange(followed.Uploaded, 0, 4096);
        IReadOnlyDictionary<string, long> keys = await bucket.ListAsync();
        Assert.Equal(
            Enumerable.Range(0, Files).Select(NewKey).Concat(["new/", "new/sub/", "old/", "old/sub/", "old/f0008", "old/sub/f0007"]).Order(StringComparer.Ordinal), keys.Keys);
        await Parallel.ForEachAsync(Enumerable.Range(0, Files), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
            Assert.Equal($"content {i}", Encoding.UTF8.GetString(await bucket.GetAsync(NewKey(i)))));
        Assert.Equal("again\n", Encoding.UTF8.GetString(await bucket.GetAsync("old/f0008")));
        Assert.Equal("again\n", Encoding.UTF8.GetString(await bucket.GetAsync("old/sub/f0007")));
        await mount.BashAsync("""
            python3 -c '
            for i in range(1000):
                path = "new/%sf%04d" % ("sub/" if i % 2 else "", i)
                assert open(path).read() == "content %d" % i, path
            '
            """.Replace("\n            ", "\n", StringComparison.Ordinal));
        JsonElement queue = (await mount.StatusAsync()).GetProperty("exports");
        Assert.Equal(0, queue.GetProperty("queued").GetInt64());
    }

    private static string NewKey(int i) => $"new/{(i % 2 == 0 ? "" : "sub/")}f{i:d4}";
}
