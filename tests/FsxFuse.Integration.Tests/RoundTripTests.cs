using Xunit.Abstractions;

namespace FsxFuse.Integration.Tests;

/// <summary>
/// What common steps of programs cost in requests to the daemon. Each is a round trip of 12 µs on a warm core and 30 to 180 µs when it has to wake an
/// idle one, so their number decides how fast small operations are.
/// </summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    private const int Files = 100;

    private readonly List<string> _differences = [];

    [Fact]
    public async Task Programs_ask_the_daemon_only_for_what_the_kernel_cannot_know()
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        try
        {
            // Not exported meanwhile: that changes what it says of a file in its own time.
            await using TestMount mount = new($"file://{repository}", "no_auto_export");
            await mount.MountAsync();

            // What is not there is remembered only in a directory that was listed.
            await mount.BashAsync("ls");

            // The kernel looks a name up before it creates it, asks about the directory that a creation has changed, and before the first write
            // to a file whether it has capabilities to take away. close(2) waits for nothing.
            await CostsAsync(mount, "create, write 4 KiB, close", "fd = os.open(f'n{i}', os.O_CREAT | os.O_WRONLY); os.write(fd, bytes(4096)); os.close(fd)", "LOOKUP 1, GETATTR 1, CREATE 1, GETXATTR 1, WRITE 1, RELEASE 1");
            await CostsAsync(mount, "first stat of what was written", "os.stat(f'n{i}')", "GETATTR 1");
            await CostsAsync(mount, "stat of a known file", "os.stat(f'n{i}')", "");
            await CostsAsync(mount, "first stat of a name that is not there", "os.path.exists(f'x{i}')", "LOOKUP 1");
            await CostsAsync(mount, "stat of a name that is not there", "os.path.exists(f'x{i}')", "");
            await CostsAsync(mount, "open, read, close", "fd = os.open(f'n{i}', os.O_RDONLY); os.read(fd, 4096); os.close(fd)", "OPEN 1, RELEASE 1");
            await CostsAsync(mount, "overwrite", "fd = os.open(f'n{i}', os.O_WRONLY); os.write(fd, bytes(4096)); os.close(fd)", "OPEN 1, GETXATTR 1, WRITE 1, RELEASE 1");
            await CostsAsync(mount, "scan of a known directory", "os.listdir('.')", "GETATTR 1, OPENDIR 1, READDIR 1, READDIRPLUS 1, RELEASEDIR 1");
            await CostsAsync(mount, "rename to a new name", "os.rename(f'n{i}', f'm{i}')", "LOOKUP 1, GETATTR 1, RENAME 1");
            await CostsAsync(mount, "chmod", "os.chmod(f'm{i}', 0o640)", "SETATTR 1");
            await CostsAsync(mount, "mkdir", "os.mkdir(f'd{i}')", "LOOKUP 1, GETATTR 1, MKDIR 1");
            await CostsAsync(mount, "rmdir", "os.rmdir(f'd{i}')", "GETATTR 1, RMDIR 1");
            await CostsAsync(mount, "unlink", "os.unlink(f'm{i}')", "GETATTR 1, UNLINK 1");
            Assert.Empty(_differences);
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }

    private async Task CostsAsync(TestMount mount, string what, string python, string expected)
    {
        IReadOnlyDictionary<string, long> before = await mount.OperationsAsync();
        await mount.BashAsync($"""
            python3 -c "
            import os
            for i in range({Files}): {python}
            "
            """);

        // A RELEASE follows its close(2) in its own time.
        IReadOnlyDictionary<string, long> after = await mount.OperationsAsync();
        for (int i = 0; i < 100 && expected.Contains("RELEASE", StringComparison.Ordinal) && after["RELEASE"] - before.GetValueOrDefault("RELEASE") < Files; i++)
        {
            await Task.Delay(20);
            after = await mount.OperationsAsync();
        }

        // Forgets cost nobody a wait; what the interpreter asks about the directory it starts in comes once, not for each file.
        string cost = string.Join(", ", after
            .Where(static one => one.Key is not ("FORGET" or "BATCH_FORGET"))
            .Select(one => (one.Key, Count: (one.Value - before.GetValueOrDefault(one.Key) + (Files / 2)) / Files))
            .Where(static one => one.Count > 0)
            .OrderBy(static one => Enum.Parse<Order>(one.Key))
            .Select(static one => $"{one.Key} {one.Count}"));
        output.WriteLine($"{what}: {cost}");
        if (cost != expected)
            _differences.Add($"{what}: {cost} instead of {expected}");
    }

    /// <summary>The order in which a program's calls send them.</summary>
    private enum Order
    {
        LOOKUP,
        GETATTR,
        CREATE,
        MKDIR,
        OPEN,
        READ,
        GETXATTR,
        WRITE,
        RENAME,
        SETATTR,
        FLUSH,
        RELEASE,
        RMDIR,
        UNLINK,
        OPENDIR,
        READDIR,
        READDIRPLUS,
        RELEASEDIR,
    }
}
