using System.Security.Cryptography;
using Amazon.S3.Model;

namespace FsxFuse.Integration.Tests;

/// <summary>The daemon is killed while it exports to a bucket by itself: in the end the bucket equals the tree.</summary>
[Collection(S3Collection.Name)]
public sealed class KillS3Tests(S3Server server)
{
    private const int LargeFile = 48 << 20;

    [Theory]
    [InlineData(4, 5)]
    public async Task After_kills_the_bucket_has_every_file_no_stray_object_and_no_unfinished_upload(int seed, int rounds)
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await SeedAsync(bucket);
        await using TestMount mount = bucket.NewMount();
        CrashRun run = new(mount, seed);
        for (int round = 0; round < rounds; round++)
        {
            // One file that is sent in parts is on its way whenever the daemon dies; those of earlier rounds are changed and moved.
            await run.RoundAsync(before: () => mount.BashAsync($"""
                mkdir -p large{round}
                head -c {LargeFile} /dev/urandom > large{round}/file
                test {round} = 0 || mv large{round - 1}/file large{round}/older
                test {round} = 0 || echo more >> large{round}/older
                """));
        }

        await mount.MountAsync();
        await run.VerifyAsync();
        await mount.ExportAsync();

        SortedDictionary<string, string> tree = new(StringComparer.Ordinal);
        string listing = await mount.BashAsync("""
            find . -mindepth 1 -type d -printf 'directory %P/\n'
            find . -type l -printf 'link %P\n'
            find . -type f -printf '%P\0' | xargs -0 sha256sum
            """);
        foreach (string line in listing.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            tree.Add(line[(space + 1)..].TrimStart(), line[..space]);
        }

        IReadOnlyDictionary<string, long> keys = await bucket.ListAsync();
        // The directories that were there before anything was written need no object of their own.
        string[] own = ["w1/", "w2/", "w3/"];
        Assert.Equal(tree.Keys.Except(own), keys.Keys.Except(own));
        foreach ((string key, string sum) in tree.Where(item => item.Value.Length == 64))
        {
            Assert.True(Convert.ToHexStringLower(SHA256.HashData(await bucket.GetAsync(key))) == sum, $"{key} differs from the file.");
        }

        ListMultipartUploadsResponse uploads = await bucket.Client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket.Name });
        Assert.Empty(uploads.MultipartUploads ?? []);
        await mount.UnmountAsync();
    }

    private static async Task SeedAsync(Bucket bucket)
    {
        string directory = Directory.CreateTempSubdirectory("fsxfuse-seed-").FullName;
        try
        {
            await CrashRun.SeedAsync(directory, files: 3);
            foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            {
                await bucket.PutAsync(Path.GetRelativePath(directory, file), await File.ReadAllBytesAsync(file));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
