using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace FsxFuse.Integration.Tests;

/// <summary>What an operator does with daemons: signals, crashes, several at once, the service manager, scripts that read what is printed.</summary>
public sealed class OperationTests : IAsyncLifetime
{
    private readonly string _repository = Directory.CreateTempSubdirectory("fsxfuse-repository-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Directory.Delete(_repository, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Terminated_during_writes_keeps_every_byte_that_was_taken()
    {
        await using TestMount mount = await NewMount().MountAsync();
        int pid = await mount.PidAsync();
        // Writes whole records until it is refused, and says how many were taken.
        Task<ShellResult> writer = Shell.RunAsync("python3", ["-c", $"""
            import os
            fd = os.open("{mount.Mountpoint}/log", os.O_CREAT | os.O_WRONLY)
            count = 0
            try:
                while os.write(fd, b"%015d\n" % count) == 16:
                    count += 1
            except OSError:
                pass
            print(count)
            """]);
        await Task.Delay(500);
        await Shell.RunAsync("kill", ["-TERM", pid.ToString(CultureInfo.InvariantCulture)]);
        int taken = int.Parse((await writer).Output, CultureInfo.InvariantCulture);
        await EndAsync(pid);
        Assert.DoesNotContain(mount.Mountpoint, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);

        await mount.MountAsync();
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(mount.Mountpoint, "log"));
        Assert.True(taken > 0 && lines.Length >= taken, $"{taken} records were taken, {lines.Length} are there");
        Assert.All(lines.Take(taken).Select((line, i) => (line, i)), item => Assert.Equal(item.i, int.Parse(item.line, CultureInfo.InvariantCulture)));
        await mount.UnmountAsync(flush: true);
        Assert.Equal(lines, await File.ReadAllLinesAsync(Path.Combine(_repository, "log")));
    }

    [Fact]
    public async Task Mounting_again_clears_what_a_killed_daemon_left()
    {
        await using TestMount mount = await NewMount().MountAsync();
        await mount.BashAsync("echo kept > kept");
        await TestMount.KillAsync(await mount.PidAsync());
        Assert.Equal("dead", (await mount.StatusAsync()).GetProperty("state").GetString());
        Assert.NotEqual(0, (await Shell.RunAsync("ls", [mount.Mountpoint])).ExitCode);

        await mount.MountAsync();
        Assert.Equal("kept\n", await mount.BashAsync("cat kept"));
        Assert.Single((await File.ReadAllLinesAsync("/proc/mounts")), line => line.Contains($" {mount.Mountpoint} ", StringComparison.Ordinal));

        await TestMount.KillAsync(await mount.PidAsync());
        ShellResult result = await mount.FsxAsync("umount", mount.Mountpoint);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("had been killed", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_file_systems_at_once_and_what_is_printed_of_them()
    {
        await using TestMount one = NewMount("one");
        string other = Directory.CreateDirectory(Path.Combine(one.Root, "other")).FullName;
        Assert.Contains("no file systems yet", (await one.FsxAsync("list")).Output, StringComparison.Ordinal);
        await one.MountAsync();
        ShellResult mounted = await one.FsxAsync("mount", $"file://{Directory.CreateDirectory(Path.Combine(_repository, "two")).FullName}", other, "--json");
        Assert.True(mounted.ExitCode == 0, mounted.Errors);
        string name = Parse(mounted).GetProperty("name").GetString()!;
        await Shell.BashAsync($"echo 1 > {one.Mountpoint}/file; echo 2 > {other}/file; cat {one.Mountpoint}/file");

        JsonElement[] list = [.. Parse(await one.FsxAsync("list", "--json")).EnumerateArray()];
        Assert.Equal(2, list.Length);
        Assert.All(list, entry => Assert.Equal("mounted", entry.GetProperty("state").GetString()));
        JsonElement[] all = [.. Parse(await one.FsxAsync("status", "--json")).EnumerateArray()];
        Assert.Equal(2, all.Select(status => status.GetProperty("pid").GetInt32()).Distinct().Count());
        foreach (string target in new[] { name, other })
        {
            JsonElement status = Parse(await one.FsxAsync("status", target, "--json"));
            Assert.Equal((name, other), (status.GetProperty("name").GetString(), status.GetProperty("mountpoint").GetString()));
            Assert.StartsWith("file://", status.GetProperty("source").GetString(), StringComparison.Ordinal);
        }

        Assert.Contains(other, (await one.FsxAsync("status", other)).Output, StringComparison.Ordinal);
        Parse(await one.FsxAsync("export", other, "--json"));
        Parse(await one.FsxAsync("task", "list", other, "--json"));
        Parse(await one.FsxAsync("link", "list", other, "--json"));
        ShellResult unmounted = await one.FsxAsync("umount", other, "--flush", "--json");
        Assert.Equal(0, Parse(unmounted).GetProperty("queued").GetInt32());
        Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(_repository, "two", "file")));
        Assert.Equal("unmounted", Parse(await one.FsxAsync("status", name, "--json")).GetProperty("state").GetString());
        Assert.Equal("1\n", await one.BashAsync("cat file"));
        await one.UnmountAsync();
    }

    [Fact]
    public async Task Unmounting_what_is_in_use_is_refused_unless_forced()
    {
        await using TestMount mount = await NewMount().MountAsync();
        await mount.BashAsync("echo kept > kept");
        await using (FileStream open = new(Path.Combine(mount.Mountpoint, "open"), FileMode.Create))
        {
            ShellResult refused = await mount.FsxAsync("umount", mount.Mountpoint);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("is in use", refused.Errors, StringComparison.Ordinal);
            Assert.Equal("kept\n", await mount.BashAsync("cat kept"));
            ShellResult forced = await mount.FsxAsync("umount", mount.Mountpoint, "--force");
            Assert.True(forced.ExitCode == 0, forced.Errors);
            Assert.Null(await mount.FindDaemonAsync());
        }

        await mount.MountAsync();
        Assert.Equal("kept\n", await mount.BashAsync("cat kept"));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Unmounting_says_who_keeps_it_in_a_namespace_of_its_own()
    {
        await using TestMount mount = await NewMount().MountAsync();
        int daemon = await mount.PidAsync();
        using Process container = Process.Start(new ProcessStartInfo("unshare", ["--mount", "sh", "-c", "echo; read line"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await container.StandardOutput.ReadLineAsync();
        ShellResult held = await mount.FsxAsync("umount", mount.Mountpoint);
        Assert.Equal(1, held.ExitCode);
        Assert.Contains($"process {container.Id} (sh) has it in a mount namespace of its own; the daemon (process {daemon}) serves it", held.Errors, StringComparison.Ordinal);
        container.StandardInput.Close();
        await container.WaitForExitAsync();
        for (int i = 0; i < 500 && await mount.FindDaemonAsync() is not null; i++)
            await Task.Delay(20);
        Assert.Null(await mount.FindDaemonAsync());
    }

    [Fact]
    public async Task Exit_codes_tell_what_happened()
    {
        await using TestMount mount = await NewMount().MountAsync();
        Assert.Equal(0, (await mount.FsxAsync("status", mount.Mountpoint)).ExitCode);
        Assert.Equal(1, (await mount.FsxAsync("status", "/tmp")).ExitCode);
        Assert.Equal(1, (await mount.FsxAsync("umount", "/tmp")).ExitCode);
        Assert.Equal(1, (await mount.FsxAsync("export", "/tmp")).ExitCode);
        Assert.Equal(2, (await mount.FsxAsync("stauts")).ExitCode);
        Assert.Equal(2, (await mount.FsxAsync("mount")).ExitCode);
        Assert.Equal(2, (await mount.FsxAsync("umount", mount.Mountpoint, "--flush", "--force")).ExitCode);
        Assert.Equal(0, (await mount.FsxAsync("--help")).ExitCode);
        Assert.Equal(0, (await mount.FsxAsync("mount", "--help")).ExitCode);
        Assert.Equal(0, (await mount.FsxAsync("--version")).ExitCode);

        // A key has at most 1,024 bytes: this file cannot be exported, the other can.
        await mount.BashAsync("n=$(printf 'x%.0s' {1..250}); mkdir -p $n/$n/$n/$n; echo a > $n/$n/$n/$n/a-name-that-is-too-long; echo b > b");
        ShellResult partly = await mount.FsxAsync("export", mount.Mountpoint);
        Assert.Equal(3, partly.ExitCode);
        Assert.Contains("PathSizeTooLong", partly.Errors, StringComparison.Ordinal);
        Assert.Equal("b\n", await File.ReadAllTextAsync(Path.Combine(_repository, "b")));
        await mount.BashAsync("rm -r x*");
        await mount.UnmountAsync();
        Assert.Equal(1, (await mount.FsxAsync("umount", mount.Mountpoint)).ExitCode);
    }

    [Fact]
    public async Task The_service_manager_hears_of_readiness_and_of_the_end()
    {
        await using TestMount mount = NewMount();
        string path = Path.Combine(mount.Root, "notify");
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        Dictionary<string, string> environment = new(mount.Environment) { ["NOTIFY_SOCKET"] = path };
        Task<ShellResult> service = Shell.RunAsync(TestMount.Executable, ["mount", mount.Source, mount.Mountpoint, "--foreground"], environment);

        string ready = await HearAsync(socket, "READY=1");
        Assert.Equal("", await mount.BashAsync("ls"));
        string pid = ready.Split('\n').Single(line => line.StartsWith("MAINPID=", StringComparison.Ordinal))["MAINPID=".Length..];
        Assert.Equal(pid, (await mount.PidAsync()).ToString(CultureInfo.InvariantCulture));
        await mount.BashAsync("echo kept > kept");
        await Shell.RunAsync("kill", ["-TERM", pid]);
        await HearAsync(socket, "STOPPING=1");
        ShellResult result = await service;
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.DoesNotContain(mount.Mountpoint, await File.ReadAllTextAsync("/proc/mounts"), StringComparison.Ordinal);
    }

    private TestMount NewMount(string directory = "") => new("file://" + Directory.CreateDirectory(Path.Combine(_repository, directory)).FullName);

    private static JsonElement Parse(ShellResult result)
    {
        Assert.True(result.ExitCode == 0, result.Errors);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    private static async Task<string> HearAsync(Socket socket, string line)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        byte[] buffer = new byte[4096];
        while (true)
        {
            string message = Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, limit.Token));
            if (message.Split('\n').Contains(line, StringComparer.Ordinal))
            {
                return message;
            }
        }
    }

    private static async Task EndAsync(int pid)
    {
        for (int i = 0; i < 1500 && Directory.Exists($"/proc/{pid}"); i++)
        {
            await Task.Delay(20);
        }

        Assert.False(Directory.Exists($"/proc/{pid}"), $"process {pid} does not end");
    }
}
