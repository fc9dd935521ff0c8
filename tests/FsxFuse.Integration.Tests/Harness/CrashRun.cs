using System.Globalization;

namespace FsxFuse.Integration.Tests;

/// <summary>Rounds of: mount, check what three writers were told was done, let them write on, kill the daemon at some moment.</summary>
internal sealed class CrashRun(TestMount mount, int seed)
{
    private static readonly int[] Writers = [1, 2, 3];
    private readonly Random _random = new(seed);
    private int _round;

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Workloads", "crash.py");

    /// <summary>Makes the files that the writers find at the start: objects that they change while these are half loaded.</summary>
    public static async Task SeedAsync(string directory, int files)
    {
        foreach (int writer in Writers)
        {
            string home = Directory.CreateDirectory(Path.Combine(directory, $"w{writer}")).FullName;
            for (int i = 1; i <= files; i++)
            {
                // The writers know the bytes by the number: what Python's generator makes of it.
                await Shell.RunAsync(
                    "python3", ["-c", $"import random; open('{home}/seed-{i}', 'wb').write(random.Random({i}).randbytes((3 << 20) + {i} * 777))"]);
            }
        }
    }

    /// <summary>One round. The mount is left dead.</summary>
    /// <param name="mix">What the writers do: see crash.py.</param>
    /// <param name="before">Runs after the check, before the writers start.</param>
    public async Task RoundAsync(string mix = "all", Func<Task>? before = null)
    {
        await mount.MountAsync();
        int pid = await mount.PidAsync();
        await VerifyAsync();
        if (before is not null)
        {
            await before();
        }

        Task<ShellResult>[] writers = [.. Writers.Select(RunAsync)];
        await Task.Delay(_random.Next(100, 2000));
        await TestMount.KillAsync(pid);
        foreach (ShellResult result in await Task.WhenAll(writers))
        {
            // 128 + SIGBUS: the daemon died while a mapping needed a page.
            Assert.True(result.ExitCode is 0 or 135, $"exit code {result.ExitCode}: {result.Errors}");
        }

        _round++;

        Task<ShellResult> RunAsync(int writer) => Shell.RunAsync(
            "python3",
            [Script, "run", Home(writer), Journal(writer), ((seed * 10) + writer).ToString(CultureInfo.InvariantCulture), "60", mix]);
    }

    /// <summary>Everything that a writer was told was done is there, and nothing else.</summary>
    public async Task VerifyAsync()
    {
        ShellResult[] results = await Task.WhenAll(
            Writers.Select(writer => Shell.RunAsync("python3", [Script, "verify", Home(writer), Journal(writer)])));
        foreach ((ShellResult result, int writer) in results.Zip(Writers))
        {
            Assert.True(result.ExitCode == 0, $"writer {writer} before round {_round}:\n{result.Output}\n{result.Errors}");
        }
    }

    private string Home(int writer) => $"{mount.Mountpoint}/w{writer}";

    private string Journal(int writer) => Path.Combine(mount.Root, $"journal-{writer}");
}
