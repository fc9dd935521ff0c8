using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace FsxFuse.Integration.Tests;

/// <summary>
/// One file system of the built executable, with a state directory, run directory and mount point of its own. Disposing it leaves
/// nothing behind, also after a failed test or a killed daemon.
/// </summary>
internal sealed class TestMount : IAsyncDisposable
{
    private readonly Dictionary<string, string> _environment;
    private readonly HttpClient _control;

    public TestMount(string source, string options = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        Source = source;
        Options = options;
        Root = Directory.CreateTempSubdirectory("fsxfuse-test-").FullName;
        Mountpoint = Path.Combine(Root, "mnt");
        Directory.CreateDirectory(Mountpoint);
        _environment = new Dictionary<string, string>(environment ?? new Dictionary<string, string>())
        {
            ["FSXFUSE_STATE_DIR"] = Path.Combine(Root, "state"),
            ["FSXFUSE_RUN_DIR"] = Path.Combine(Root, "run"),
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };
        _control = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                string path = Directory.EnumerateFiles(Path.Combine(Root, "run"), "*.sock").Single();
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        {
            BaseAddress = new Uri("http://fsxfuse"),
        };
    }

    public string Source { get; }

    public string Options { get; set; }

    public string Root { get; }

    public string Mountpoint { get; }

    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>The executable that scripts/build left.</summary>
    public static string Executable
    {
        get
        {
            if (System.Environment.GetEnvironmentVariable("FSXFUSE_TEST_EXECUTABLE") is { Length: > 0 } given)
            {
                return given;
            }

            for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
            {
                string candidate = Path.Combine(at, "artifacts", "fsxfuse", "fsxfuse");
                if (File.Exists(candidate))
                {
                    return candidate;
                }
            }

            throw new InvalidOperationException("Run scripts/build first: artifacts/fsxfuse/fsxfuse is missing.");
        }
    }

    public Task<ShellResult> FsxAsync(params string[] arguments) => Shell.RunAsync(Executable, arguments, _environment);

    /// <summary>Mounts; fails the test if that fails.</summary>
    public async Task<TestMount> MountAsync()
    {
        string[] options = Options.Length == 0 ? [] : ["-o", Options];
        ShellResult result = await FsxAsync(["mount", Source, Mountpoint, .. options]);
        Assert.True(result.ExitCode == 0, $"mount: exit code {result.ExitCode}\n{result.Output}\n{result.Errors}");
        return this;
    }

    public async Task UnmountAsync(bool flush = false)
    {
        ShellResult result = flush ? await FsxAsync("umount", Mountpoint, "--flush") : await FsxAsync("umount", Mountpoint);
        Assert.True(result.ExitCode == 0, $"umount: exit code {result.ExitCode}\n{result.Output}\n{result.Errors}");
    }

    /// <summary>Waits until everything is in the bucket.</summary>
    public Task ExportAsync() => RunAsync("export", Mountpoint);

    /// <summary>Runs a command of the executable; anything but exit code 0 fails the test.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        ShellResult result = await Shell.RunAsync(Executable, arguments, _environment, seconds: 600);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: exit code {result.ExitCode}\n{result.Output}\n{result.Errors}");
        return result.Output;
    }

    public async Task<JsonElement> StatusAsync()
    {
        ShellResult result = await FsxAsync("status", Mountpoint, "--json");
        Assert.True(result.ExitCode == 0, result.Errors);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    public async Task<int> PidAsync() => (await StatusAsync()).GetProperty("pid").GetInt32();

    /// <summary>Ends the daemon without warning.</summary>
    public static async Task KillAsync(int pid)
    {
        await Shell.RunAsync("kill", ["-9", pid.ToString(CultureInfo.InvariantCulture)]);
        for (int i = 0; i < 500 && Directory.Exists($"/proc/{pid}"); i++)
        {
            await Task.Delay(10);
        }
    }

    /// <summary>What the daemon has asked of the object store so far, and the bytes moved.</summary>
    public async Task<Counters> CountersAsync()
    {
        JsonElement root = await ReadCountersAsync();
        return new Counters(Numbers(root, "requests"), root.GetProperty("bytesDownloaded").GetInt64(), root.GetProperty("bytesUploaded").GetInt64());
    }

    /// <summary>Requests of the kernel so far, by operation.</summary>
    public async Task<IReadOnlyDictionary<string, long>> OperationsAsync() => Numbers(await ReadCountersAsync(), "operations");

    public Task<string> BashAsync(string script, int seconds = 120) => Shell.BashAsync(script, _environment, Mountpoint, seconds);

    public async ValueTask DisposeAsync()
    {
        int? pid = null;
        foreach (string line in await File.ReadAllLinesAsync("/proc/self/mountinfo"))
        {
            if (line.Contains($" {Mountpoint} ", StringComparison.Ordinal))
            {
                pid ??= await FindDaemonAsync();
                await Shell.RunAsync("umount", ["-l", Mountpoint]);
            }
        }

        pid ??= await FindDaemonAsync();
        if (pid is { } running)
        {
            for (int i = 0; i < 1000 && Directory.Exists($"/proc/{running}"); i++)
            {
                await Task.Delay(10);
            }

            if (Directory.Exists($"/proc/{running}"))
            {
                await KillAsync(running);
            }
        }

        _control.Dispose();
        await Shell.RunAsync("rm", ["-rf", "--one-file-system", Root]);
    }

    /// <summary>The daemon of this test, known by its environment: it outlives the command that started it.</summary>
    public async Task<int?> FindDaemonAsync()
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
            {
                continue;
            }

            try
            {
                string environment = await File.ReadAllTextAsync(Path.Combine(directory, "environ"));
                string command = await File.ReadAllTextAsync(Path.Combine(directory, "cmdline"));
                if (environment.Contains(_environment["FSXFUSE_STATE_DIR"] + "\0", StringComparison.Ordinal) && command.Contains("fsxfuse", StringComparison.Ordinal))
                {
                    return pid;
                }
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
            catch (UnauthorizedAccessException)
            {
            }
        }

        return null;
    }

    private static Dictionary<string, long> Numbers(JsonElement root, string of) =>
        root.GetProperty(of).EnumerateObject().ToDictionary(static item => item.Name, static item => item.Value.GetInt64(), StringComparer.OrdinalIgnoreCase);

    private async Task<JsonElement> ReadCountersAsync() =>
        JsonSerializer.Deserialize<JsonElement>(await _control.GetStringAsync(new Uri("/v1/counters", UriKind.Relative)));
}
