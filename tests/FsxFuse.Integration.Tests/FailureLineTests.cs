using System.Text.RegularExpressions;

namespace FsxFuse.Integration.Tests;

/// <summary>A mount that cannot work says why in one line and leaves nothing: what has to do with this host.</summary>
public sealed partial class FailureLineTests
{
    [Fact]
    public async Task Directory_missing()
    {
        await using TestMount mount = LocalMount();
        Assert.Contains("mkdir -p", await Refusal.ExpectAsync(mount, directory: mount.Mountpoint + "/none"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Not_a_directory()
    {
        await using TestMount mount = LocalMount();
        string file = Path.Combine(mount.Root, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.EndsWith("is not a directory", await Refusal.ExpectAsync(mount, directory: file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_not_empty()
    {
        await using TestMount mount = LocalMount();
        await File.WriteAllTextAsync(Path.Combine(mount.Mountpoint, "file"), "");
        Assert.Contains("not empty", await Refusal.ExpectAsync(mount), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repository_missing()
    {
        await using TestMount mount = new("file:///no/such/directory");
        Assert.Contains("/no/such/directory", await Refusal.ExpectAsync(mount), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Already_mounted_here_or_elsewhere()
    {
        await using TestMount mount = await LocalMount().MountAsync();
        Assert.Contains("already mounted on " + mount.Mountpoint, await Refusal.ExpectAsync(mount), StringComparison.Ordinal);
        string elsewhere = Directory.CreateDirectory(Path.Combine(mount.Root, "elsewhere")).FullName;
        Assert.Contains("already mounted on " + mount.Mountpoint, await Refusal.ExpectAsync(mount, directory: elsewhere), StringComparison.Ordinal);
        string other = Directory.CreateDirectory(Path.Combine(mount.Root, "other")).FullName;
        Assert.Contains("already the mountpoint", await Refusal.ExpectAsync(mount, source: "file://" + other), StringComparison.Ordinal);
        await mount.UnmountAsync();
    }

    [Theory]
    [InlineData("reed_only", "unknown mount option 'reed_only'")]
    [InlineData("path_stile", "did you mean 'path_style'?")]
    [InlineData("cache_size=12Q", "cache_size")]
    public async Task Unknown_option(string option, string said)
    {
        await using TestMount mount = LocalMount(option);
        Assert.Contains(said, await Refusal.ExpectAsync(mount, exitCode: 2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_of_nothing()
    {
        await using TestMount mount = new("nothing");
        Assert.Contains("there is no file system 'nothing'", await Refusal.ExpectAsync(mount), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mkdir {0}/dev && touch {0}/dev/null && mount --bind /dev/null {0}/dev/null && mount --rbind {0}/dev /dev", "there is no /dev/fuse")]
    [InlineData("mount --bind /dev/null /dev/fuse", "mknod /dev/fuse")]
    public async Task No_fuse_device(string hide, string said)
    {
        await using TestMount mount = LocalMount();
        string script = string.Format(System.Globalization.CultureInfo.InvariantCulture, hide, mount.Root);
        string line = await Refusal.ExpectAsync(mount, 1, () => Shell.RunAsync(
            "unshare", ["-m", "bash", "-c", $"{script} && exec {TestMount.Executable} mount {mount.Source} {mount.Mountpoint}"], mount.Environment));
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("head -c 8192 /dev/urandom > $DIR/metadata.db", "Restore a backup")]
    [InlineData("dd if=/dev/urandom of=$DIR/metadata.db bs=4096 seek=2 count=10 conv=notrunc", "Restore a backup")]
    [InlineData("rm $DIR/metadata.db", "Restore a backup")]
    [InlineData(": > $DIR/config.json", "Restore a backup")]
    [InlineData("sed -i 's/\"format\": 1/\"format\": 99/' $DIR/config.json", "newer version")]
    [InlineData("sqlite3 $DIR/metadata.db 'PRAGMA user_version = 99'", "newer")]
    public async Task State_damaged_or_of_a_newer_version(string damage, string said)
    {
        await using TestMount mount = await LocalMount().MountAsync();
        await mount.UnmountAsync();
        string state = Directory.EnumerateDirectories(Path.Combine(mount.Root, "state")).Single();
        await Shell.BashAsync($"DIR={state}; {damage}");
        string line = await Refusal.ExpectAsync(mount);
        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.Contains(state, Sentence().Replace(line, state), StringComparison.Ordinal);

        // The state of one file system is no matter of the others.
        TestMount other = new("file://" + Directory.CreateDirectory(Path.Combine(mount.Root, "other")).FullName);
        await using (other)
        {
            ShellResult result = await Shell.RunAsync(TestMount.Executable, ["mount", other.Source, mount.Mountpoint], mount.Environment);
            Assert.True(result.ExitCode == 0, result.Errors);
        }

        Assert.Equal(0, (await mount.FsxAsync("list")).ExitCode);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task The_name_of_a_first_mount_that_was_killed_is_free_again()
    {
        await using TestMount mount = LocalMount();
        string state = Path.Combine(mount.Root, "state", "fs");
        ShellResult created = await mount.FsxAsync("create", "fs", "--link", mount.Source);
        Assert.True(created.ExitCode == 0, created.Errors);
        File.Delete(Path.Combine(state, "config.json"));
        await File.WriteAllTextAsync(Path.Combine(state, "creating"), "");
        Assert.Equal(0, (await mount.FsxAsync("create", "fs", "--link", mount.Source)).ExitCode);
        Assert.Equal(1, (await mount.FsxAsync("create", "fs", "--link", mount.Source)).ExitCode);
    }

    // What a message about a newer version says of the file system is its name.
    [GeneratedRegex("the state of file system '[^']+'")]
    private static partial Regex Sentence();

    private static TestMount LocalMount(string options = "")
    {
        string repository = Path.Combine(Path.GetTempPath(), $"fsxfuse-test-repository-{System.Environment.ProcessId}");
        Directory.CreateDirectory(repository);
        return new TestMount("file://" + repository, options);
    }
}
