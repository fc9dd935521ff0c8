namespace FsxFuse.Integration.Tests;

/// <summary>A database server that trusts fsync, rename and its own data directory, on a mount with automatic export on.</summary>
public sealed class DatabaseTests
{
    private const string Programs = "/usr/lib/postgresql/15/bin";

    [SkippableProgramFact(Programs + "/pgbench")]
    public async Task PostgreSQL_recovers_after_a_kill_and_keeps_every_balance()
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        try
        {
            await using TestMount mount = new($"file://{repository}");
            await mount.MountAsync();

            // The server's own user walks through here to the mount.
            await Shell.RunAsync("chmod", ["755", mount.Root]);
            string sockets = Directory.CreateDirectory(Path.Combine(mount.Root, "sockets")).FullName;
            string script = Path.Combine(AppContext.BaseDirectory, "Workloads", "postgres.sh");
            string output = await mount.BashAsync($"mkdir database; cd database; bash {script} {Programs} {sockets}", seconds: 240);
            Assert.Contains("20000|t", output, StringComparison.Ordinal);

            // The bucket gets it as it was left.
            await mount.ExportAsync();
            await Shell.BashAsync($"diff -r {mount.Mountpoint}/database/data/base {repository}/database/data/base");
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }
}
