using System.Text.Json;

namespace FsxFuse.Integration.Tests;

/// <summary>HSM as scripts made for FSx use it: <c>lfs</c>, its recipes, and what every user can see and ask.</summary>
[Collection(S3Collection.Name)]
public sealed class HsmTests(S3Server server)
{
    [Fact]
    public async Task Recipes_made_for_FSx_run_as_they_are()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await bucket.PutManyAsync(Enumerable.Range(0, 16).Select(i => ($"data/a file {i}", new byte[100_000 + i])));
        await using TestMount mount = bucket.NewMount(options: "auto_export=off");
        await mount.MountAsync();
        await LinkAsync(mount);

        Assert.Equal("data/a file 3: (0x0000000d) released exists archived, archive_id:1\n", await LfsAsync(mount, "lfs hsm_state 'data/a file 3'"));
        await LfsAsync(mount, """
            nohup find data -type f -print0 | xargs -0 -n 1 -P 8 lfs hsm_restore &
            wait
            while [ "$(find data -type f -print0 | xargs -0 -n 1 -P 8 lfs hsm_action | grep "RESTORE" | wc -l)" -gt 0 ]; do sleep 0.2; done
            """);
        Assert.Equal("", await LfsAsync(mount, "find data -type f -print0 | xargs -0 lfs hsm_state | grep released || true"));
        Assert.Equal(1_600_120, (await mount.CountersAsync()).Downloaded);

        Assert.Equal("""
            data/new: (0x00000000)
            data/a file 0: (0x0000000b) exists dirty archived, archive_id:1
            data/a file 1: (0x00000009) exists archived, archive_id:1
            data/new: NOOP

            """, await LfsAsync(mount, """
            echo new > data/new; echo changed > 'data/a file 0'
            # Until the exporter has seen that it is not to export it.
            until lfs hsm_action data/new | grep -q NOOP; do sleep 0.1; done
            lfs hsm_state data/new 'data/a file 0' 'data/a file 1'; lfs hsm_action data/new
            """));
        await LfsAsync(mount, """
            nohup find data -type f -print0 | xargs -0 -n 1 -P 8 lfs hsm_archive &
            wait
            while [ "$(find data -type f -print0 | xargs -0 -n 1 -P 8 lfs hsm_action | grep "ARCHIVE" | wc -l)" -gt 0 ]; do sleep 0.2; done
            """);
        Assert.Equal("new\n"u8.ToArray(), await bucket.GetAsync("data/new"));
        Assert.Equal("changed\n"u8.ToArray(), await bucket.GetAsync("data/a file 0"));

        Assert.Equal("17\n", await LfsAsync(mount, """
            find data -type f -print0 | xargs -0 -n 1 -P 8 lfs hsm_release
            find data -type f -print0 | xargs -0 lfs hsm_state | grep -c '(0x0000000d) released exists archived, archive_id:1$'
            """));
        Assert.Equal("changed\n", await mount.BashAsync("cat 'data/a file 0'"));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_changed_file_cannot_be_released_and_the_reason_is_told()
    {
        await using LocalRepository repository = new();
        await repository.WriteAsync("old", "text");
        await using TestMount mount = await repository.MountAsync("auto_export=off");
        await mount.BashAsync("echo new > new; echo changed > old; ln -s old link; mkfifo fifo; mkdir d");
        foreach (string file in new[] { "new", "old", "link" })
        {
            ShellResult refused = await LfsResultAsync(mount, $"lfs hsm_release {file}");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("Operation not permitted", refused.Errors, StringComparison.Ordinal);
        }

        ShellResult json = await mount.FsxAsync("hsm", "release", $"{mount.Mountpoint}/old", "--json");
        Assert.Equal(1, json.ExitCode);
        Assert.Contains("(0x0000000b) exists dirty archived", JsonDocument.Parse(json.Output).RootElement[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, (await LfsResultAsync(mount, "lfs hsm_restore fifo")).ExitCode);
        Assert.Equal(1, (await LfsResultAsync(mount, "lfs hsm_state nothing")).ExitCode);
        Assert.Equal(2, (await LfsResultAsync(mount, "lfs hsm_set old")).ExitCode);
        Assert.Equal(3, (await mount.FsxAsync("hsm", "state", $"{mount.Mountpoint}/old", $"{mount.Mountpoint}/nothing")).ExitCode);

        Assert.Equal(0, (await mount.FsxAsync("hsm", "archive", "--wait", $"{mount.Mountpoint}/old", $"{mount.Mountpoint}/new")).ExitCode);
        Assert.Equal("changed\n", await repository.ReadAsync("old"));
        await LfsAsync(mount, "printf 'old\nnew\n' > list; lfs hsm_release --filelist list");
        JsonElement state = JsonDocument.Parse(await mount.RunAsync("hsm", "state", $"{mount.Mountpoint}/old", "--json")).RootElement[0];
        Assert.Equal((13, 1, "released"), (state.GetProperty("flags").GetInt32(), state.GetProperty("archiveId").GetInt32(), state.GetProperty("states")[0].GetString()));
        Assert.Equal(0, (await mount.FsxAsync("hsm", "restore", "--wait", $"{mount.Mountpoint}/old")).ExitCode);
        Assert.Equal("old: (0x00000009) exists archived, archive_id:1\n", await LfsAsync(mount, "lfs hsm_state old"));
        JsonElement action = JsonDocument.Parse(await mount.RunAsync("hsm", "action", $"{mount.Mountpoint}/old", "--json")).RootElement[0];
        Assert.Equal("NOOP", action.GetProperty("action").GetString());
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Every_user_sees_states_and_loads_what_he_may_read_and_the_owner_does_the_rest()
    {
        await using LocalRepository repository = new();
        await repository.WriteAsync("mine", "text");
        await repository.WriteAsync("roots", "text");
        await repository.WriteAsync("secret", "text");
        await using TestMount mount = await repository.MountAsync("auto_export=off");
        await mount.BashAsync("chown 1000 mine; chmod 600 secret");
        // The directory of the test is root's alone; what lies in it is shown to another user by its own path.
        await Shell.BashAsync($"chmod 755 {mount.Root}");
        await LinkAsync(mount);
        Task<ShellResult> AsUser(string script) => Shell.RunAsync(
            "setpriv", ["--reuid", "1000", "--regid", "1000", "--clear-groups", "bash", "-c", $"export PATH={mount.Root}/bin:$PATH; {script}"], mount.Environment, mount.Mountpoint);

        Assert.Equal("(0x0000000d) released exists archived, archive_id:1", (await AsUser("getfattr --only-values -n user.fsxfuse.state roots")).Output);
        Assert.Equal("NOOP", (await AsUser("getfattr --only-values -n user.fsxfuse.action roots")).Output);
        Assert.Equal(0, (await AsUser("lfs hsm_restore roots mine")).ExitCode);
        await LfsAsync(mount, "until ! lfs hsm_state roots mine | grep -q released; do sleep 0.1; done");
        Assert.Equal(1, (await AsUser("lfs hsm_release roots")).ExitCode);
        Assert.Equal(1, (await AsUser("lfs hsm_set --norelease roots")).ExitCode);
        Assert.Equal(1, (await AsUser("lfs hsm_restore secret")).ExitCode);
        Assert.Equal(1, (await AsUser("lfs hsm_state secret")).ExitCode);
        ShellResult own = await AsUser("lfs hsm_set --norelease mine && lfs hsm_state mine && lfs hsm_clear --norelease mine");
        Assert.Equal("mine: (0x00000019) exists archived never_release, archive_id:1\n", own.Output);

        // They are computed: no program copies, sets or removes them.
        Assert.Equal("", await mount.BashAsync("getfattr -d -m - mine"));
        Assert.NotEqual(0, (await Shell.RunAsync("setfattr", ["-n", "user.fsxfuse.state", "-v", "x", $"{mount.Mountpoint}/mine"])).ExitCode);
        Assert.NotEqual(0, (await Shell.RunAsync("setfattr", ["-x", "user.fsxfuse.state", $"{mount.Mountpoint}/mine"])).ExitCode);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Lfs_finds_files_tells_the_space_says_that_there_are_no_quotas_and_leaves_the_rest_to_another_lfs()
    {
        await using LocalRepository repository = new();
        await repository.WriteAsync("a.dat", new string('x', 3000));
        await repository.WriteAsync("d/b.dat", new string('x', 10));
        await repository.WriteAsync("d/e/c.txt", "");
        await using TestMount mount = await repository.MountAsync("auto_export=off");
        await mount.BashAsync("cat d/b.dat > /dev/null; touch -d '10 days ago' a.dat; chown 1000:1001 a.dat; ln -s a.dat l");
        async Task Finds(string conditions, params string[] expected) =>
            Assert.Equal(expected, (await LfsAsync(mount, $"lfs find . {conditions}")).Split('\n', StringSplitOptions.RemoveEmptyEntries));

        await Finds("", ".", "./a.dat", "./d", "./d/b.dat", "./d/e", "./d/e/c.txt", "./l");
        await Finds("-type f -name '*.dat'", "./a.dat", "./d/b.dat");
        await Finds("--type f ! --name '*.dat'", "./d/e/c.txt");
        await Finds("-type f -size +1K", "./a.dat");
        await Finds("-type f -size -1K ! -size 0", "./d/b.dat");
        await Finds("-mtime +9", "./a.dat");
        await Finds("-type f -mtime -9", "./d/b.dat", "./d/e/c.txt");
        await Finds("-atime +9 -user 1000 -group 1001", "./a.dat");
        await Finds("-maxdepth 1 -type d", ".", "./d");
        await Finds("-hsm released", "./a.dat");
        await Finds("-type f ! -hsm released,archived", "./d/b.dat", "./d/e/c.txt");
        Assert.Equal("./a.dat\0", await LfsAsync(mount, "lfs find . -hsm released -print0"));
        Assert.Equal(2, (await LfsResultAsync(mount, "lfs find . -frobnicate")).ExitCode);

        string df = await LfsAsync(mount, "lfs df -h .");
        Assert.StartsWith("UUID                       bytes        Used   Available Use% Mounted on\n", df, StringComparison.Ordinal);
        Assert.Contains("filesystem_summary:", df, StringComparison.Ordinal);
        Assert.Contains($"{mount.Mountpoint}[OST:0]", df, StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(await LfsAsync(mount, "lfs df --json .")).RootElement[0].GetProperty("totalBytes").GetInt64() > 0);
        Assert.Contains("none are kept", await LfsAsync(mount, "lfs quota -u root ."), StringComparison.Ordinal);

        Assert.Equal(2, (await LfsResultAsync(mount, "lfs setstripe -c 4 .")).ExitCode);
        await Shell.BashAsync($"mkdir {mount.Root}/other; printf '#!/bin/sh\\necho other: \"$@\"; exit 7\\n' > {mount.Root}/other/lfs; chmod +x {mount.Root}/other/lfs");
        ShellResult passed = await LfsResultAsync(mount, $"PATH=$PATH:{mount.Root}/other; lfs setstripe -c 4 /x");
        Assert.Equal((7, "other: setstripe -c 4 /x\n"), (passed.ExitCode, passed.Output));
        Assert.Equal("other: hsm_state /etc/passwd\n", (await LfsResultAsync(mount, $"PATH=$PATH:{mount.Root}/other; lfs hsm_state /etc/passwd")).Output);
        Assert.StartsWith("a.dat: (0x", await LfsAsync(mount, $"PATH=$PATH:{mount.Root}/other; lfs hsm_state a.dat"), StringComparison.Ordinal);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_full_cache_releases_what_was_not_used_for_longest_and_keeps_what_is_pinned_or_changed()
    {
        const int Size = 8 << 20;
        await using LocalRepository repository = new();
        for (int i = 0; i < 14; i++)
        {
            await repository.WriteAsync($"f{i:00}", new string((char)('a' + i), Size));
        }

        await using TestMount mount = await repository.MountAsync("cache_size=64MiB,high_water=80,low_water=50,auto_export=off");
        await mount.BashAsync("cat f00 > /dev/null; dd if=/dev/zero of=changed bs=1M count=4 status=none");
        await LfsAsync(mount, "lfs hsm_set --norelease f00");
        await mount.BashAsync("for i in 01 02 03 04 05 06 07 08 09 10 11 12 13; do cat f$i | tr -d a | wc -c; done | uniq");
        // The marks are looked at every few seconds.
        JsonElement release = default;
        for (int i = 0; i < 300; i++)
        {
            JsonElement cache = (await mount.StatusAsync()).GetProperty("cache");
            release = cache.GetProperty("release");
            if (release.GetProperty("filesReleased").GetInt32() > 0 && !release.GetProperty("running").GetBoolean() && cache.GetProperty("usedBytes").GetInt64() <= 64L * (1 << 20) / 100 * 80)
            {
                break;
            }

            await Task.Delay(200);
        }

        Assert.True(release.GetProperty("filesReleased").GetInt32() > 0, release.ToString());
        Assert.Equal((true, 80, 50), (release.GetProperty("automatic").GetBoolean(), release.GetProperty("highWaterPercent").GetInt32(), release.GetProperty("lowWaterPercent").GetInt32()));
        Assert.Equal("f00: (0x00000019) exists archived never_release, archive_id:1\nchanged: (0x00000000)\n", await LfsAsync(mount, "lfs hsm_state f00 changed"));
        Assert.Contains("released", await LfsAsync(mount, "lfs hsm_state f01"), StringComparison.Ordinal);
        Assert.Contains("above 80% down to 50%", await mount.RunAsync("status", mount.Mountpoint), StringComparison.Ordinal);

        // A write that finds no room waits for a release instead of failing; every byte is still there.
        await mount.BashAsync("dd if=/dev/zero of=large bs=1M count=44 status=none; cat large | wc -c");
        await mount.BashAsync($"for i in 00 01 05 13; do cmp f$i {repository.Path}/f$i; done");

        await mount.RunAsync("mount", mount.Source, mount.Mountpoint, "-o", "remount,auto_release=off");
        Assert.False((await mount.StatusAsync()).GetProperty("cache").GetProperty("release").GetProperty("automatic").GetBoolean());
        ShellResult wrong = await mount.FsxAsync("mount", mount.Source, mount.Mountpoint, "-o", "remount,high_water=40,low_water=60");
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.Contains("low_water=60 must be below high_water=40", wrong.Errors, StringComparison.Ordinal);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task An_object_in_Glacier_is_unreadable_until_S3_has_restored_it_at_our_request()
    {
        await using Bucket bucket = await server.CreateBucketAsync();
        await bucket.PutAsync("frozen", "bytes"u8.ToArray());
        await using ArchiveProxy glacier = new(server.Endpoint);
        glacier.Archived[$"/{bucket.Name}/frozen"] = null;
        await using TestMount mount = new(bucket.Url, $"endpoint={glacier.Endpoint},path_style,region=us-east-1,restore_tier=bulk,restore_days=2", server.Environment);
        await mount.MountAsync();
        Assert.Equal("5\n", await mount.BashAsync("stat -c %s frozen"));
        ShellResult refused = await Shell.RunAsync("cat", ["frozen"], directory: mount.Mountpoint);
        Assert.Contains("No data available", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(glacier.Restores);

        await LfsAsync(mount, "lfs hsm_restore frozen; until lfs hsm_action frozen | grep -q waiting; do sleep 0.1; done");
        Assert.Equal("frozen: RESTORE waiting (from 0 to EOF)\n", await LfsAsync(mount, "lfs hsm_action frozen"));
        string said = "";
        for (int i = 0; i < 100 && !said.Contains("S3 restores", StringComparison.Ordinal); i++)
        {
            said = await mount.RunAsync("hsm", "action", $"{mount.Mountpoint}/frozen");
        }

        Assert.Contains("S3 restores 'frozen' from GLACIER (bulk); it is loaded when that is done.", said, StringComparison.Ordinal);
        string asked = Assert.Single(glacier.Restores);
        Assert.Contains("<Days>2</Days>", asked, StringComparison.Ordinal);
        Assert.Contains("<Tier>Bulk</Tier>", asked, StringComparison.Ordinal);
        JsonElement status = await mount.StatusAsync();
        Assert.Equal(1, status.GetProperty("hsm").GetProperty("restoresWaiting").GetInt32());
        Assert.Contains(status.GetProperty("events").EnumerateArray(), e => e.GetProperty("code").GetString() == "S3RestoreRequested");

        // Hours later. Asking again does not wait for the next look.
        glacier.Archived[$"/{bucket.Name}/frozen"] = true;
        await LfsAsync(mount, "lfs hsm_cancel frozen");
        Assert.Equal(0, (await mount.FsxAsync("hsm", "restore", "--wait", $"{mount.Mountpoint}/frozen")).ExitCode);
        Assert.Equal("bytes", await mount.BashAsync("cat frozen"));
        Assert.Single(glacier.Restores);
        await mount.UnmountAsync();
    }

    private static Task<string> LinkAsync(TestMount mount) => Shell.BashAsync($"mkdir -p {mount.Root}/bin; ln -sfn {TestMount.Executable} {mount.Root}/bin/lfs");

    private static async Task<string> LfsAsync(TestMount mount, string script)
    {
        await LinkAsync(mount);
        return await mount.BashAsync($"export PATH={mount.Root}/bin:$PATH\n{script}", seconds: 600);
    }

    private static async Task<ShellResult> LfsResultAsync(TestMount mount, string script)
    {
        await LinkAsync(mount);
        return await Shell.RunAsync("bash", ["-c", $"export PATH={mount.Root}/bin:$PATH\n{script}"], mount.Environment, mount.Mountpoint);
    }

    /// <summary>A directory as repository, gone at the end.</summary>
    private sealed class LocalRepository : IAsyncDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("fsxfuse-repository-").FullName;

        public async Task WriteAsync(string key, string text)
        {
            string file = System.IO.Path.Combine(Path, key);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text);
        }

        public Task<string> ReadAsync(string key) => File.ReadAllTextAsync(System.IO.Path.Combine(Path, key));

        public Task<TestMount> MountAsync(string options) => new TestMount($"file://{Path}", options).MountAsync();

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
