using FsxFuse.Fuse.Tests.Sample;
using FsxFuse.Fuse.Tests.Support;

namespace FsxFuse.Fuse.Tests.Mounted;

public class SampleTests
{
    [MountFact]
    public async Task The_example_of_the_readme_works()
    {
        await using TestMount mount = await TestMount.StartAsync(new HelloFileSystem());
        Assert.Equal("hello world -r--r--r--", await mount.RunAsync("echo $(ls $1) $(cat $1/hello) $(stat -c %A $1/hello)"));
    }

    [MountFact]
    public async Task What_is_written_is_read_listed_renamed_and_deleted()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        await mount.RunAsync("echo hello > $1/a && mkdir $1/d && cp $1/a $1/d/b");
        Assert.Equal("hello", await mount.RunAsync("cat $1/d/b"));
        Assert.Equal("a\nd", await mount.RunAsync("ls $1"));
        await mount.RunAsync("mv $1/a $1/d/c && rm $1/d/b");
        Assert.Equal("c", await mount.RunAsync("ls $1/d"));
        await mount.RunAsync("rm $1/d/c && rmdir $1/d && test -z \"$(ls $1)\"");
    }

    [MountFact]
    public async Task A_file_of_many_requests_comes_back_whole()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        string sums = await mount.RunAsync("head -c 5000001 /dev/urandom > $1/f && sha256sum < $1/f && tail -c +2 $1/f > $1/g && (head -c 1 $1/f; cat $1/g) | sha256sum && truncate -s 3 $1/f && wc -c < $1/f");
        string[] lines = sums.Split('\n');
        Assert.Equal(lines[0], lines[1]);
        Assert.Equal("3", lines[2]);
    }

    [MountFact]
    public async Task A_listing_longer_than_one_reply_is_complete()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        await mount.RunAsync("cd $1 && seq -f 'a-rather-long-file-name-%06g' 1 2000 | xargs touch");
        Assert.Equal("2000", await mount.RunAsync("ls -U $1 | sort -u | wc -l"));
    }

    [MountFact]
    public async Task Extended_attributes_travel_with_size_questions_and_large_values()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        const string Script = """
            touch $1/f && /usr/bin/python3 - $1/f <<'END'
            import os, sys
            os.setxattr(sys.argv[1], 'user.big', b'x' * 65536)
            assert os.getxattr(sys.argv[1], 'user.big') == b'x' * 65536
            try:
                os.getxattr(sys.argv[1], 'user.none')
            except OSError as e:
                print(e.errno)
            END
            """;
        Assert.Equal("61", await mount.RunAsync(Script));
    }

    [MountFact]
    public async Task What_is_not_implemented_fails_in_the_ordinary_way()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        (string output, int exit) = await Client.TryRunAsync("ln -s x $1/l", mount.Path);
        Assert.Equal(1, exit);
        Assert.Contains("not implemented", output, StringComparison.Ordinal);
    }

    [MountFact]
    public async Task The_mount_shows_its_type_source_and_flags()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem(), null, options => options with { NoATime = true, ReadOnly = true, MaxRead = 65536 });
        string line = await mount.RunAsync("grep \" $1 \" /proc/mounts");
        Assert.StartsWith("test " + mount.Path + " fuse.fsxtest ro,nosuid,nodev,noatime,", line, StringComparison.Ordinal);
        Assert.Contains("default_permissions,allow_other,max_read=65536", line, StringComparison.Ordinal);
    }

    [MountFact]
    public async Task Lookup_counts_come_back_by_forget()
    {
        MemoryFileSystem fileSystem = new();
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        await mount.RunAsync("cd $1 && touch $(seq 1 50) && rm *");
        await Eventually.TrueAsync(() => fileSystem.LookupsHeld == 0, "all lookups forgotten");
    }
}
