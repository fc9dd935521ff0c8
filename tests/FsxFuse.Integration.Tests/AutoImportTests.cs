using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace FsxFuse.Integration.Tests;

/// <summary>Changes that others make in the bucket reach who uses the mount, by events of the server and by comparison.</summary>
[Collection(S3Collection.Name)]
public sealed class AutoImportTests(S3Server server, ITestOutputHelper output)
{
    private const string Secret = "integration-test-secret";

    [Fact]
    public async Task What_the_server_tells_appears_within_two_seconds_while_readers_keep_what_they_have_open()
    {
        // RGW 16.2 has been seen to abort with notifications on: the other tests' server is spared.
        await using S3Server notifying = await S3Server.StartOwnAsync(8484);
        await using Bucket bucket = await notifying.CreateBucketAsync();
        foreach (string key in new[] { "changed", "gone", "d/log", "only/one" })
            await bucket.PutAsync(key, Encoding.UTF8.GetBytes($"{key} of old\n"));
        int port = FreePort();
        await bucket.NotifyAsync(notifying, $"http://127.0.0.1:{port}/v1/events/{Secret}");
        await using TestMount mount = await NewMount(bucket, port, "import_interval=0").MountAsync();
        await mount.BashAsync("ls -lR > /dev/null; cat changed gone d/log > /dev/null");
        using Process reader = Start(mount, "exec 3< changed 4< gone; while sleep 0.05; do cat changed d/log > /dev/null 2>&1; [ -e stop-reader ] && break; done; cat <&3; cat <&4");
        using Process follow = Start(mount, "exec timeout 60 tail -f d/log");
        await Task.Delay(1000);

        await AppearsAsync("new", () => bucket.PutAsync("new", "new\n"u8.ToArray()), mount, "[ \"$(cat new)\" = new ]");
        await AppearsAsync("new in a new directory", () => bucket.PutAsync("n/e/w +%ü", "deep\n"u8.ToArray()), mount, "[ \"$(cat 'n/e/w +%ü')\" = deep ]");
        await AppearsAsync("changed", () => bucket.PutAsync("changed", "something newer\n"u8.ToArray()), mount, "[ \"$(cat changed)\" = 'something newer' ]");
        await AppearsAsync("metadata", () => bucket.PutAsync("changed", "something newer\n"u8.ToArray(), ("file-permissions", "0100600")), mount, "[ $(stat -c %a changed) = 600 ]");
        await AppearsAsync("a longer log", () => bucket.PutAsync("d/log", "d/log of old\nand more\n"u8.ToArray()), mount, "[ $(wc -l < d/log) = 2 ]");
        await AppearsAsync("deleted", () => bucket.Client.DeleteObjectAsync(bucket.Name, "gone"), mount, "[ ! -e gone ] && ! ls | grep -qx gone");
        await AppearsAsync("deleted with its directory", () => bucket.Client.DeleteObjectAsync(bucket.Name, "only/one"), mount, "[ ! -e only ]");

        // Who had it open reads on in what he opened.
        await mount.BashAsync("touch stop-reader");
        await reader.WaitForExitAsync();
        Assert.Equal("changed of old\ngone of old\n", await File.ReadAllTextAsync(OutputOf(reader)));
        Assert.Equal("d/log of old\n", await File.ReadAllTextAsync(OutputOf(follow)));
        await Shell.RunAsync("kill", [Id(follow)]);
        await follow.WaitForExitAsync();

        // Our own exports come back as events and cost no request.
        await mount.BashAsync("rm stop-reader; for i in $(seq 20); do echo $i > own$i; done");
        await mount.ExportAsync();
        await Task.Delay(500);
        Counters before = await mount.CountersAsync();
        await Task.Delay(500);
        Assert.Equal(0, (await mount.CountersAsync()).Since(before).Total);
        JsonElement status = await mount.StatusAsync();
        Assert.Equal(0, status.GetProperty("imports").GetProperty("queued").GetInt32());
        Assert.Equal(0, status.GetProperty("imports").GetProperty("oldestAgeSeconds").GetDouble());
        Assert.InRange(status.GetProperty("eventEndpoint").GetProperty("received").GetInt32(), 27, 100);
    }

    [Fact]
    public async Task Events_that_were_lost_are_made_up_for_by_the_next_comparison()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        foreach (string key in new[] { "changed", "gone", "d/changed", "d/gone", "d/e/gone" })
            await bucket.PutAsync(key, "old"u8.ToArray());
        // An endpoint that nothing is ever sent to: every event is lost.
        await using TestMount mount = await NewMount(bucket, FreePort(), "import_interval=2").MountAsync();
        await mount.BashAsync("ls -lR > /dev/null; cat changed > /dev/null");
        using Process follow = Start(mount, "exec 3< changed; exec timeout 60 tail -f d/changed");
        await ChangeAsync(bucket);
        Stopwatch watch = Stopwatch.StartNew();
        await Eventually.PassesAsync(() => mount.BashAsync(Changed), 15);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all of it {watch.Elapsed.TotalSeconds:f1} s after the changes, with a comparison every 2 s"));
        await Shell.RunAsync("kill", [Id(follow)]);
        await follow.WaitForExitAsync();
    }

    [Fact]
    public async Task What_changed_while_it_was_not_mounted_shows_after_the_mount_and_costs_a_listing_and_a_head_for_each_change()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        foreach (string key in new[] { "changed", "gone", "d/changed", "d/gone", "d/e/gone" })
            await bucket.PutAsync(key, "old"u8.ToArray());
        await bucket.PutManyAsync(Enumerable.Range(0, 1500).Select(i => ($"never/looked/at/{i:d4}", "x"u8.ToArray())));
        await using TestMount mount = await bucket.NewMount(options: "import_interval=600").MountAsync();
        await mount.BashAsync("ls -l . d d/e > /dev/null; cat changed > /dev/null");
        await mount.UnmountAsync(flush: true);
        await ChangeAsync(bucket);
        await mount.MountAsync();
        await Eventually.PassesAsync(() => mount.BashAsync(Changed), 15);
        Counters used = await mount.CountersAsync();
        output.WriteLine(used.ToString());
        // The comparison (2 pages, of which the second leaps over what nobody looked at), and what the directory that went asks.
        Assert.InRange(used["list"], 2, 12);
        await Eventually.PassesAsync(async () => Assert.Equal(JsonValueKind.String, (await mount.StatusAsync()).GetProperty("imports").GetProperty("reconciledAt").ValueKind), 10);
        string links = await mount.RunAsync("link", "list");
        Assert.Contains("NEW,CHANGED,DELETED", links, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_changes_are_never_overwritten_by_what_is_imported()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        foreach (string key in new[] { "both", "deleted-there", "deleted-here", "clean" })
            await bucket.PutAsync(key, "base\n"u8.ToArray());
        await using TestMount mount = await bucket.NewMount(options: "import_interval=1,auto_export=off").MountAsync();
        await mount.BashAsync("ls -l > /dev/null; echo local > both; echo local > deleted-there; rm deleted-here; echo here > appeared");
        await bucket.PutAsync("both", "remote\n"u8.ToArray());
        await bucket.PutAsync("deleted-here", "remote\n"u8.ToArray());
        await bucket.PutAsync("appeared", "there\n"u8.ToArray());
        await bucket.PutAsync("clean", "remote\n"u8.ToArray());
        await bucket.Client.DeleteObjectAsync(bucket.Name, "deleted-there");
        await Eventually.PassesAsync(() => mount.BashAsync("[ $(cat clean) = remote ]"), 15);
        await Task.Delay(2000);
        await mount.BashAsync("[ $(cat both) = local ]; [ $(cat deleted-there) = local ]; [ ! -e deleted-here ]; [ $(cat appeared) = here ]");
        // The export finds what both sides did, and keeps both.
        await mount.ExportAsync();
        await Eventually.PassesAsync(() => mount.BashAsync(
            "[ $(cat both) = remote ]; [ $(cat both.conflict-*) = local ]; [ $(cat deleted-there) = local ]; [ $(cat deleted-here) = remote ]; [ $(cat appeared) = there ]; [ $(cat appeared.conflict-*) = here ]"), 10);
    }

    [Fact]
    public async Task Changes_there_make_no_inotify_events_here()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        foreach (string key in new[] { "changed", "gone" })
            await bucket.PutAsync(key, "old"u8.ToArray());
        await using TestMount mount = await bucket.NewMount(options: "import_interval=1").MountAsync();
        await mount.BashAsync("ls -l > /dev/null");
        Task<string> watcher = mount.BashAsync("""
            python3 -c '
            import ctypes, os, select, struct, sys, time
            libc = ctypes.CDLL("libc.so.6")
            fd = libc.inotify_init1(os.O_NONBLOCK)
            names = {libc.inotify_add_watch(fd, n.encode(), 0xfff & ~0x31): n for n in (".", "changed", "gone")}
            end = time.time() + 12
            while time.time() < end:
                if not select.select([fd], [], [], 0.2)[0]:
                    continue
                data, at = os.read(fd, 65536), 0
                while at < len(data):
                    wd, mask, cookie, length = struct.unpack_from("iIII", data, at)
                    print(names.get(wd), hex(mask), data[at + 16:at + 16 + length].rstrip(b"\0").decode())
                    at += 16 + length
            '
            """.Replace("\n            ", "\n", StringComparison.Ordinal));
        await Task.Delay(1500);
        await bucket.PutAsync("new", "new"u8.ToArray());
        await bucket.PutAsync("changed", "newer"u8.ToArray());
        await bucket.Client.DeleteObjectAsync(bucket.Name, "gone");
        await Eventually.PassesAsync(() => mount.BashAsync("[ $(cat new) = new ] && [ $(cat changed) = newer ] && [ ! -e gone ]"), 10);
        string events = await watcher;
        output.WriteLine(events);
        // The watches of files end with the inode they are on; there is nothing about names.
        Assert.DoesNotContain(events.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith(". ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_endpoint_needs_a_secret_that_only_its_owner_can_read()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await using TestMount mount = NewMount(bucket, FreePort(), "");
        string secret = Path.Combine(mount.Root, "secret");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        ShellResult open = await mount.FsxAsync("mount", mount.Source, mount.Mountpoint, "-o", mount.Options);
        Assert.Equal(1, open.ExitCode);
        Assert.Contains("chmod 600", open.Errors, StringComparison.Ordinal);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await mount.MountAsync();
        string url = (await mount.StatusAsync()).GetProperty("eventEndpoint").GetProperty("url").GetString()!;
        using HttpClient client = new();
        const string Event = """{"Records":[]}""";
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync(new Uri(url), new StringContent(Event))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync(new Uri($"{url}/{Secret}"), new StringContent(Event))).StatusCode);
        Assert.DoesNotContain(Secret, await mount.RunAsync("status", mount.Mountpoint), StringComparison.Ordinal);
    }

    private const string Changed = """
        [ $(cat changed) = newer ]; [ $(cat d/changed) = newer ]; [ $(cat new) = new ]; [ $(cat d/new) = new ]; [ $(cat n/e/w) = new ]
        [ ! -e gone ]; [ ! -e d/gone ]; [ ! -e d/e ]
        """;

    private static async Task ChangeAsync(Bucket bucket)
    {
        foreach (string key in new[] { "changed", "d/changed" })
            await bucket.PutAsync(key, "newer"u8.ToArray());
        foreach (string key in new[] { "new", "d/new", "n/e/w" })
            await bucket.PutAsync(key, "new"u8.ToArray());
        foreach (string key in new[] { "gone", "d/gone", "d/e/gone" })
            await bucket.Client.DeleteObjectAsync(bucket.Name, key);
    }

    private static TestMount NewMount(Bucket bucket, int port, string options)
    {
        TestMount mount = bucket.NewMount();
        string secret = Path.Combine(mount.Root, "secret");
        File.WriteAllText(secret, Secret + "\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        mount.Options += $",events={port},events_secret_file={secret}{(options.Length == 0 ? "" : "," + options)}";
        return mount;
    }

    private async Task AppearsAsync(string what, Func<Task> change, TestMount mount, string test)
    {
        await change();
        Stopwatch watch = Stopwatch.StartNew();
        string waited = await mount.BashAsync($"end=$((SECONDS + 10)); until {test}; do [ $SECONDS -lt $end ]; sleep 0.02; done 2> /dev/null");
        Assert.Empty(waited);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {watch.Elapsed.TotalSeconds:f2} s"));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 2);
    }

    private static Process Start(TestMount mount, string script)
    {
        string file = Path.Combine(mount.Root, $"output-{Guid.NewGuid():N}");
        Process process = new()
        {
            StartInfo = new ProcessStartInfo("bash", ["-c", $"exec > {file}; {script}"]) { WorkingDirectory = mount.Mountpoint, Environment = { ["OUTPUT"] = file } },
        };
        process.Start();
        return process;
    }

    private static string OutputOf(Process process) => process.StartInfo.Environment["OUTPUT"]!;

    private static string Id(Process process) => process.Id.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
