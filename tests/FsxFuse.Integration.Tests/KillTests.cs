namespace FsxFuse.Integration.Tests;

/// <summary>The daemon is killed while programs write: whatever returned before must be there after the next mount, and in the end in the repository.</summary>
public sealed class KillTests
{
    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 7)]
    public async Task Every_acknowledged_operation_survives_a_killed_daemon(int seed, int rounds)
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        await using TestMount mount = new($"file://{repository}");
        try
        {
            await CrashRun.SeedAsync(repository, files: 3);
            CrashRun run = new(mount, seed);
            for (int round = 0; round < rounds; round++)
            {
                await run.RoundAsync();
            }

            await FinishAsync(mount, run, repository);
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }

    [Theory]
    [InlineData(3, 6)]
    public async Task Writes_into_files_that_are_not_loaded_survive_a_killed_daemon(int seed, int rounds)
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        await using TestMount mount = new($"file://{repository}");
        try
        {
            await CrashRun.SeedAsync(repository, files: 8);
            CrashRun run = new(mount, seed);
            for (int round = 0; round < rounds; round++)
            {
                // The check has loaded everything: out with it again.
                await run.RoundAsync("partial", async () =>
                {
                    await mount.ExportAsync();
                    ShellResult released = await mount.FsxAsync("release", mount.Mountpoint);
                    Assert.True(released.ExitCode == 0, released.Output + released.Errors);
                });
            }

            await FinishAsync(mount, run, repository);
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }

    /// <summary>In the end the repository holds what the mount shows.</summary>
    private static async Task FinishAsync(TestMount mount, CrashRun run, string repository)
    {
        await mount.MountAsync();
        await run.VerifyAsync();
        await mount.ExportAsync();
        await Shell.BashAsync($"""
            diff <(cd {mount.Mountpoint} && find . -type f -print0 | sort -z | xargs -0 sha256sum) \
                 <(cd {repository} && find . -path ./.fsxfuse -prune -o -path ./.fsxfuse-tmp -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
            """);
        await mount.UnmountAsync();
    }
}
