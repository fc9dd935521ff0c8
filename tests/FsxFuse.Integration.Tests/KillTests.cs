namespace FsxFuse.Integration.Tests;

/// <summary>The daemon is killed while programs write: whatever returned before must be there after the next mount.</summary>
public sealed class KillTests
{
    private static string Script => Path.Combine(AppContext.BaseDirectory, "Workloads", "crash.py");

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 10)]
    public async Task Every_acknowledged_operation_survives_a_killed_daemon(int seed, int rounds)
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        await using TestMount mount = new($"file://{repository}");
        try
        {
            // Each writer starts with objects that it then changes while they are half loaded.
            foreach (int writer in Enumerable.Range(1, 3))
            {
                await Shell.BashAsync($"""
                    mkdir -p {repository}/w{writer}
                    python3 -c '
                    import random
                    for i in range(1, 4):
                        open("{repository}/w{writer}/seed-%d" % i, "wb").write(random.Random(i).randbytes(3 << 20))
                    '
                    """.Replace("\n                    ", "\n", StringComparison.Ordinal));
            }

            Random random = new(seed);
            for (int round = 0; round < rounds; round++)
            {
                await mount.MountAsync();
                int pid = await mount.PidAsync();
                foreach (int writer in Enumerable.Range(1, 3))
                {
                    await VerifyAsync(mount, writer, round);
                }

                Task<ShellResult>[] writers =
                [
                    .. Enumerable.Range(1, 3).Select(writer => Shell.RunAsync(
                        "python3", [Script, "run", $"{mount.Mountpoint}/w{writer}", Journal(mount, writer), $"{(seed * 10) + writer}", "60"])),
                ];
                await Task.Delay(random.Next(200, 3000));
                await TestMount.KillAsync(pid);
                foreach (ShellResult result in await Task.WhenAll(writers))
                {
                    Assert.True(result.ExitCode == 0, result.Errors);
                }
            }

            await mount.MountAsync();
            foreach (int writer in Enumerable.Range(1, 3))
            {
                await VerifyAsync(mount, writer, rounds);
            }

            // In the end the repository holds what the mount shows.
            await mount.ExportAsync();
            await Shell.BashAsync($"""
                diff <(cd {mount.Mountpoint} && find . -type f -print0 | sort -z | xargs -0 sha256sum) \
                     <(cd {repository} && find . -path ./.fsxfuse -prune -o -path ./.fsxfuse-tmp -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
                """);
            await mount.UnmountAsync();
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }

    private static string Journal(TestMount mount, int writer) => Path.Combine(mount.Root, $"journal-{writer}");

    private static async Task VerifyAsync(TestMount mount, int writer, int round)
    {
        ShellResult result = await Shell.RunAsync("python3", [Script, "verify", $"{mount.Mountpoint}/w{writer}", Journal(mount, writer)]);
        Assert.True(result.ExitCode == 0, $"writer {writer} before round {round}:\n{result.Output}\n{result.Errors}");
    }
}
