using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace FsxFuse.Integration.Tests;

/// <summary>What arrives in the bucket, and in which form.</summary>
[Collection(S3Collection.Name)]
public sealed class ExportTests(S3Server server, ITestOutputHelper output)
{
    [Fact]
    public async Task A_large_file_is_in_the_bucket_soon_after_close_with_the_same_bytes_and_its_attributes()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await using TestMount mount = await bucket.NewMount().MountAsync();
        await mount.BashAsync(": > big; chmod 0640 big; chown 1234:5678 big; head -c 1073741824 /dev/urandom >> big", seconds: 300);
        // By itself, soon after the last close; how soon depends on who else uses the machine.
        Stopwatch watch = Stopwatch.StartNew();
        await EventuallyAsync(async () => Assert.Equal(1L << 30, (await bucket.ListAsync()).GetValueOrDefault("big")), seconds: 120);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"in the bucket {watch.Elapsed.TotalSeconds:f1} s after close"));
        string sum = (await mount.BashAsync("sha256sum < big", seconds: 300)).Trim();
        await mount.ExportAsync();
        string downloaded = (await Shell.BashAsync(
            $"/usr/bin/aws --endpoint-url {server.Endpoint} s3 cp --quiet {bucket.Url}/big - | sha256sum", server.Environment, seconds: 300)).Trim();
        Assert.Equal(sum, downloaded);
        IReadOnlyDictionary<string, string> metadata = await bucket.MetadataAsync("big");
        Assert.Equal("0100640", metadata["file-permissions"]);
        Assert.Equal("1234", metadata["file-owner"]);
        Assert.Equal("5678", metadata["file-group"]);
        Assert.EndsWith("ns", metadata["file-mtime"], StringComparison.Ordinal);
        Assert.EndsWith("ns", metadata["file-atime"], StringComparison.Ordinal);
        Assert.Equal("fsxfuse", metadata["user-agent"]);
        long resident = long.Parse((await mount.BashAsync($"awk '/VmHWM/{{print $2}}' /proc/{await mount.PidAsync()}/status")).Trim(), CultureInfo.InvariantCulture);
        output.WriteLine($"VmHWM {resident >> 10} MiB");
        Assert.InRange(resident, 0, 512 << 10);
    }

    [Fact]
    public async Task Changes_export_by_themselves_after_close()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await using TestMount mount = await bucket.NewMount().MountAsync();
        await mount.BashAsync("""
            mkdir -p results/run1 empty
            echo one > results/run1/a; echo two > results/run1/b
            ln -s a results/run1/link
            mv results/run1/b results/run1/c
            """);
        await EventuallyAsync(async () => Assert.Equal(
            ["empty/", "results/", "results/run1/", "results/run1/a", "results/run1/c", "results/run1/link"], (await bucket.ListAsync()).Keys));
        Assert.Equal("a", Encoding.UTF8.GetString(await bucket.GetAsync("results/run1/link")));
        Assert.StartsWith("0120", (await bucket.MetadataAsync("results/run1/link"))["file-permissions"], StringComparison.Ordinal);
        Assert.Equal("0040755", (await bucket.MetadataAsync("empty/"))["file-permissions"]);

        await mount.BashAsync("rm results/run1/a; rmdir empty; chmod 600 results/run1/c");
        await EventuallyAsync(async () =>
        {
            Assert.Equal(["results/", "results/run1/", "results/run1/c", "results/run1/link"], (await bucket.ListAsync()).Keys);
            Assert.Equal("0100600", (await bucket.MetadataAsync("results/run1/c"))["file-permissions"]);
        });
    }

    [Fact]
    public async Task Objects_written_by_FSx_show_their_mode_owner_and_times()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await bucket.PutAsync(
            "dir/file",
            "hello"u8.ToArray(),
            ("file-permissions", "0100604"),
            ("file-owner", "1001"),
            ("file-group", "1002"),
            ("file-mtime", "1577836800123456789ns"),
            ("file-atime", "1577836801000000000ns"),
            ("user-agent", "aws-fsx-lustre"));
        await bucket.PutAsync("dir/link", "file"u8.ToArray(), ("file-permissions", "0120777"), ("file-owner", "1001"), ("file-group", "1002"));
        await bucket.PutAsync("owned/", [], ("file-permissions", "0040711"), ("file-owner", "7"), ("file-group", "8"));
        await using TestMount mount = await bucket.NewMount().MountAsync();
        await mount.BashAsync("""
            test "$(stat -c '%f %u %g %Y %X' dir/file)" = "8184 1001 1002 1577836800 1577836801"
            test "$(stat -c %y dir/file | cut -c20-29)" = ".123456789"
            test "$(readlink dir/link)" = file
            test "$(cat dir/link)" = hello
            test "$(stat -c '%a %u %g' owned)" = "711 7 8"
            """);

        // Nothing was changed, so nothing is sent.
        Counters start = await mount.CountersAsync();
        await mount.ExportAsync();
        Counters exported = (await mount.CountersAsync()).Since(start);
        Assert.Equal(0, exported["put"] + exported["copy"] + exported["delete"]);
    }

    private static async Task EventuallyAsync(Func<Task> check, int seconds = 10)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await check();
                return;
            }
            catch (Exception) when (i < seconds * 10)
            {
                await Task.Delay(100);
            }
        }
    }
}
