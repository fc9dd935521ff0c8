namespace FsxFuse.Integration.Tests;

/// <summary>What mount options say of programs, devices and access times, one file system mounted in several ways.</summary>
public sealed class MountOptionTests
{
    [Fact]
    public async Task Set_user_id_bits_and_devices_count_only_when_asked_for_and_programs_run_unless_forbidden()
    {
        await OnAsync(async mount =>
        {
            await ReMountAsync(mount, "");
            await mount.BashAsync("""
                grep " $PWD fuse.fsxfuse rw,nosuid,nodev,.*allow_other" /proc/mounts >/dev/null
                cp /usr/bin/id id; chown 1000:1001 id; chmod 6755 id
                [ "$(./id -u):$(./id -g)" = 0:0 ]
                mknod null c 1 3; chmod 666 null
                ! cat null 2>/dev/null
                """);
            await ReMountAsync(mount, "suid,dev");
            await mount.BashAsync("""[ "$(./id -u):$(./id -g)" = 1000:1001 ]; cat null; echo x > null; [ ! -s null ]""");
            await ReMountAsync(mount, "noexec");
            await mount.BashAsync("""! ./id 2>/dev/null; [ "$(stat -c %a id)" = 6755 ]""");
        });
    }

    [Fact]
    public async Task Access_times_move_as_the_options_say()
    {
        await OnAsync(async mount =>
        {
            // Reads around the page cache: what the kernel answers itself moves no access time.
            const string Read = "dd if=f of=/dev/null iflag=direct status=none; stat -c %.9X f";
            await ReMountAsync(mount, "noatime");
            Assert.Equal("1000.000000000\n", await mount.BashAsync($"echo text > f; touch -a -d @1000 f; {Read}"));
            await ReMountAsync(mount, "");
            string[] relative = (await mount.BashAsync($"{Read}; {Read}")).Split('\n');
            Assert.NotEqual("1000.000000000", relative[0]);
            Assert.Equal(relative[0], relative[1]);
            await ReMountAsync(mount, "strictatime");
            string[] strict = (await mount.BashAsync($"{Read}; {Read}")).Split('\n');
            Assert.NotEqual(relative[0], strict[0]);
            Assert.NotEqual(strict[0], strict[1]);

            // A remount changes it for the daemon, too.
            await mount.RunAsync("mount", mount.Source, mount.Mountpoint, "-o", "remount,noatime");
            string[] never = (await mount.BashAsync($"{Read}; {Read}")).Split('\n');
            Assert.Equal(strict[1], never[1]);
        });
    }

    private static async Task OnAsync(Func<TestMount, Task> test)
    {
        string repository = Directory.CreateTempSubdirectory("fsxfuse-repo-").FullName;
        try
        {
            await using TestMount mount = new($"file://{repository}");
            await test(mount);
        }
        finally
        {
            Directory.Delete(repository, recursive: true);
        }
    }

    private static async Task ReMountAsync(TestMount mount, string options)
    {
        if ((await File.ReadAllTextAsync("/proc/self/mountinfo")).Contains($" {mount.Mountpoint} ", StringComparison.Ordinal))
        {
            await mount.UnmountAsync();
        }

        mount.Options = options;
        await mount.MountAsync();
    }
}
