using System.Diagnostics;
using FsxFuse.Fuse.Tests.Sample;
using FsxFuse.Fuse.Tests.Support;

namespace FsxFuse.Fuse.Tests.Mounted;

public class EndTests
{
    [MountFact]
    public async Task An_unmount_by_anyone_ends_the_session_cleanly()
    {
        MemoryFileSystem fileSystem = new();
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        await Client.RunAsync("umount $1", mount.Path);
        Assert.Equal(SessionEnd.Unmounted, await mount.Session.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(fileSystem.Destroyed);
    }

    [MountFact]
    public async Task An_abort_is_told_apart_and_leaves_the_mount_dead()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        mount.Session.Abort();
        Assert.Equal(SessionEnd.Aborted, await mount.Session.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
        (string output, int exit) = await Client.TryRunAsync("ls $1", mount.Path);
        Assert.NotEqual(0, exit);
        Assert.Contains("not connected", output, StringComparison.Ordinal);
    }

    [MountFact]
    public async Task A_busy_mount_refuses_to_unmount_and_goes_on()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        using Process client = Client.Start("cd $1 && echo in && read x && ls", mount.Path);
        Assert.Equal("in", await client.StandardOutput.ReadLineAsync());
        FuseException exception = Assert.Throws<FuseException>(() => mount.Session.Unmount());
        Assert.Equal(Errno.EBUSY, exception.Error);

        // Detached, it still serves the one who is in it, and ends when they leave.
        mount.Session.Unmount(UnmountMode.NormalThenLazy);
        Assert.False(mount.Session.Completion.IsCompleted);
        await client.StandardInput.WriteLineAsync("go");
        Assert.Equal(0, (await Client.EndAsync(client)).Exit);
        Assert.Equal(SessionEnd.Unmounted, await mount.Session.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [MountFact]
    public async Task What_others_mounted_there_since_is_left_alone()
    {
        TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        await Client.RunAsync("umount $1 && mount -t tmpfs other $1", mount.Path);
        try
        {
            await mount.Session.DisposeAsync();
            Assert.Equal(SessionEnd.Unmounted, await mount.Session.Completion);
        }
        finally
        {
            await Client.RunAsync("umount $1", mount.Path);
        }

        await mount.DisposeAsync();
    }

    [MountFact]
    public async Task Disposing_cuts_off_what_is_in_use_after_a_lazy_unmount()
    {
        TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        using Process client = Client.Start("cd $1 && echo in && read x; ls", mount.Path);
        Assert.Equal("in", await client.StandardOutput.ReadLineAsync());
        mount.Session.Unmount(UnmountMode.Lazy);
        await mount.DisposeAsync();
        Assert.Equal(SessionEnd.Aborted, await mount.Session.Completion);
        client.StandardInput.Close();
        Assert.NotEqual(0, (await Client.EndAsync(client)).Exit);
    }

    [MountFact]
    public async Task Disposing_cuts_off_what_is_in_use()
    {
        TestMount mount = await TestMount.StartAsync(new MemoryFileSystem());
        using Process client = Client.Start("cd $1 && echo in && read x; ls", mount.Path);
        Assert.Equal("in", await client.StandardOutput.ReadLineAsync());
        await mount.DisposeAsync();
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(mount.Path, StringComparison.Ordinal));
        client.StandardInput.Close();
        Assert.NotEqual(0, (await Client.EndAsync(client)).Exit);
    }

    [MountFact]
    public async Task A_session_that_never_started_leaves_no_mount()
    {
        string path = Directory.CreateTempSubdirectory("fuse-test-").FullName;
        await using (FuseSession session = FuseSession.Create(new MemoryFileSystem(), new MountOptions { MountPoint = path }))
        {
            Assert.Contains(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(path, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(path, StringComparison.Ordinal));
        Directory.Delete(path);
    }

    [MountFact]
    public async Task A_dead_mount_is_replaced()
    {
        string path = Directory.CreateTempSubdirectory("fuse-test-").FullName;
        FuseMount dead = FuseMount.Mount(new MountOptions { MountPoint = path });
        dead.Device.Dispose();
        await using (FuseSession session = FuseSession.Create(new MemoryFileSystem(), new MountOptions { MountPoint = path }))
        {
            await session.StartAsync();
            await Client.RunAsync("echo x > $1/f && cat $1/f", path);
            Assert.Single(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(path, StringComparison.Ordinal));
        }

        Directory.Delete(path);
    }

    [MountFact]
    public async Task A_handler_that_throws_answers_EIO()
    {
        await using TestMount mount = await TestMount.StartAsync(new ThrowingFileSystem());
        (string output, _) = await Client.TryRunAsync("mkdir $1/d", mount.Path);
        Assert.Contains("Input/output error", output, StringComparison.Ordinal);
        await mount.RunAsync("ls $1");
    }

    [MountFact]
    public async Task A_missing_mount_point_is_named()
    {
        FuseException exception = Assert.Throws<FuseException>(() => FuseMount.Mount(new MountOptions { MountPoint = "/nonexistent/x" }));
        Assert.Equal(Errno.ENOENT, exception.Error);
        Assert.Contains("/nonexistent/x", exception.Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    private sealed class ThrowingFileSystem : MemoryFileSystem
    {
        public override void MkDir(MkDirRequest request) => throw new InvalidOperationException("on purpose");
    }
}
