using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace FsxFuse.Integration.Tests;

/// <summary>A mount that file servers export: files go both ways, and their clients see what is done here.</summary>
public sealed class ReExportTests
{
    [SkippableProgramFact("ganesha.nfsd")]
    public async Task Nfs_ganesha_exports_a_mount()
    {
        string output = await RunAsync("nfs.sh", "");
        Assert.Contains("renamed", output, StringComparison.Ordinal);
    }

    [SkippableProgramFact("smbd")]
    public async Task Samba_exports_a_mount()
    {
        string output = await RunAsync("smb.sh", FreePort().ToString(CultureInfo.InvariantCulture));
        Assert.Contains("renamed", output, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string script, string port)
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(repository, "there"));
            await File.WriteAllBytesAsync(Path.Combine(repository, "there", "object"), new byte[300_000]);
            await using TestMount mount = new($"file://{repository}");
            await mount.MountAsync();
            string scratch = Directory.CreateDirectory(Path.Combine(mount.Root, "scratch")).FullName;
            string path = Path.Combine(AppContext.BaseDirectory, "Workloads", script);
            string output = await mount.BashAsync($"bash {path} {scratch} {port}");

            // What the clients wrote is in the repository, as anything else.
            await mount.ExportAsync();
            await Shell.BashAsync($"diff -r --exclude=.fsxfuse --exclude=.fsxfuse-tmp {mount.Mountpoint} {repository}");

            // Nothing is left open by a server that ended.
            for (int i = 0; i < 100 && await OpenAsync(mount) > 0; i++)
            {
                await Task.Delay(50);
            }

            Assert.Equal(0, await OpenAsync(mount));
            return output;
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }

    private static async Task<int> OpenAsync(TestMount mount) => (await mount.StatusAsync()).GetProperty("openHandles").GetInt32();

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
