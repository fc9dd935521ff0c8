using System.Text;

namespace FsxFuse.Integration.Tests;

/// <summary>What was done to a file system is there after it was unmounted and mounted again.</summary>
[Collection(S3Collection.Name)]
public sealed class RemountTests(S3Server server)
{
    private const string Look = """
        find . -mindepth 1 -printf '%p %y %m %U %G %n %s %T@ %C@ %l\n' | LC_ALL=C sort
        find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
        { getfattr -h -R -d -m user. --absolute-names . 2> /dev/null || true; }
        stat -c %X imported touched
        test same-a -ef same-b && echo linked
        """;

    [Theory]
    [InlineData("")]
    [InlineData("auto_export=off")]
    public async Task Names_attributes_and_bytes_survive_a_remount(string options)
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await bucket.PutAsync("imported", "from the bucket"u8.ToArray(), ("file-permissions", "0100640"), ("file-owner", "11"), ("file-group", "12"), ("file-mtime", "1600000000987654321ns"));
        await bucket.PutAsync("changed", new byte[100_000]);
        await using TestMount mount = await bucket.NewMount(options: options).MountAsync();
        await mount.BashAsync("""
            cat imported > /dev/null
            mkdir -p d/e empty; chmod 2751 d; chown 5:6 d/e
            echo one > same-a; ln same-a same-b; ln same-a d/same-c
            ln -s ../same-a d/e/link; ln -s /nowhere dangling
            head -c 3000000 /dev/urandom > big; chmod 600 big; chown 123:456 big
            echo touched > touched; touch -d '2001-02-03 04:05:06.123456789 UTC' -m touched; touch -d '2002-02-03 04:05:06.987654321 UTC' -a touched
            setfattr -n user.colour -v blue touched; setfattr -n user.shape -v round d
            echo x | dd of=changed bs=1 seek=5000 conv=notrunc 2> /dev/null
            truncate -s 1000000 sparse
            mkfifo fifo
            echo 'strange' > $'name with\nnewline and ä'
            """);
        string before = await mount.BashAsync(Look);
        Assert.Contains("linked", before, StringComparison.Ordinal);
        await mount.UnmountAsync();
        await mount.MountAsync();
        Assert.Equal(before, await mount.BashAsync(Look));
        if (options.Length > 0)
        {
            Assert.Equal(["changed", "imported"], (await bucket.ListAsync()).Keys);
        }

        await mount.ExportAsync();
        await mount.UnmountAsync();
        await mount.MountAsync();
        Assert.Equal(before, await mount.BashAsync(Look));
        Assert.Equal("one\n", Encoding.UTF8.GetString(await bucket.GetAsync("d/same-c")));
        byte[] changed = new byte[100_000];
        "x\n"u8.CopyTo(changed.AsSpan(5000));
        Assert.Equal(changed, await bucket.GetAsync("changed"));
        Assert.Equal("981173106123456789ns", (await bucket.MetadataAsync("touched"))["file-mtime"]);
    }
}
