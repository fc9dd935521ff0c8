namespace FsxFuse.Integration.Tests;

/// <summary>A tree and its repository: equal after an export, and the tree unchanged by a release and by a new mount.</summary>
public sealed class RepositoryEqualityTests(SideBySide both) : IClassFixture<SideBySide>
{
    [Fact]
    public async Task A_tree_of_5000_files_is_the_same_in_the_repository_after_a_release_and_after_a_new_mount()
    {
        await both.Mount.BashAsync($"tar xf {both.Material}/tree.tar --same-owner --strip-components=1");
        string tree = await DescribeAsync();

        await both.Mount.ExportAsync();
        await Shell.BashAsync($"""
            cd {both.Mount.Mountpoint}; find . -type f -printf '%P\0' | sort -z | xargs -0 sha256sum > {both.Material}/tree.sums
            cd {both.Repository}; find . -path './.fsxfuse*' -prune -o -type f -printf '%P\0' | sort -z > {both.Material}/objects
            """);
        await Shell.BashAsync($"cd {both.Repository}; sha256sum -c --quiet {both.Material}/tree.sums");
        Assert.Equal(tree, await DescribeAsync());

        await both.Mount.BashAsync($"{TestMount.Executable} release {both.Mount.Mountpoint}");
        Assert.Equal(tree, await DescribeAsync());

        await both.Mount.UnmountAsync();
        await both.Mount.MountAsync();
        Assert.Equal(tree, await DescribeAsync());
    }

    private Task<string> DescribeAsync() => Shell.BashAsync(
        """
        find . -mindepth 1 -type d -printf '%P d %m %U:%G\n' -o -printf '%P %y %m %U:%G %n %s %T@ %l\n' | sort | sha256sum
        find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
        find . | wc -l
        """,
        directory: both.Mount.Mountpoint);
}
