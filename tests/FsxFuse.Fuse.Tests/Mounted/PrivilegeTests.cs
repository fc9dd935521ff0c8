using System.Diagnostics;
using FsxFuse.Fuse.Tests.Sample;
using FsxFuse.Fuse.Tests.Support;

namespace FsxFuse.Fuse.Tests.Mounted;

public class PrivilegeTests
{
    private const string AsNobody = "setpriv --reuid=nobody --regid=nogroup --clear-groups";

    [MountFact("/usr/bin/fusermount3")]
    public async Task An_ordinary_user_mounts_uses_and_unmounts()
    {
        string home = Directory.CreateTempSubdirectory("fuse-user-").FullName;
        string mountPoint = Path.Combine(home, "m");
        try
        {
            // The build output may be out of that user's reach.
            await Client.RunAsync($"mkdir $1/m && cp -r '{AppContext.BaseDirectory}' $1/bin && chown -R nobody $1 && chmod 755 $1 && chmod -R a+rX $1/bin", home);
            string dotnet = Environment.ProcessPath!;
            string assembly = Path.Combine(home, "bin", "FsxFuse.Fuse.Tests.dll");
            // A mount namespace of its own with a device that everyone may open, as on an ordinary host (containers often keep it to root).
            string script = $"""
                exec unshare --mount --propagation private sh -c 'mknod -m 666 $1.fuse c 10 229 && mount --bind $1.fuse /dev/fuse && cd / &&
                exec {AsNobody} env DOTNET_EnableDiagnostics=0 "{dotnet}" exec "{assembly}" serve $1' sh $1
                """;
            using Process server = Client.Start(script, mountPoint);
            string? line = await server.StandardOutput.ReadLineAsync();
            Assert.True(line == "ready", line + await Rest());

            string enter = $"nsenter --target {server.Id} --mount ";
            Assert.Equal("hello", await Client.RunAsync($"{enter} {AsNobody} sh -c 'echo hello > $1/f; cat $1/f' sh $1", mountPoint));
            string mounts = await Client.RunAsync(enter + "grep \" $1 \" /proc/mounts", mountPoint);
            Assert.Contains("fuse.sample rw,nosuid,nodev", mounts, StringComparison.Ordinal);
            Assert.StartsWith("a,b\\040\\134c ", mounts, StringComparison.Ordinal);
            await server.StandardInput.WriteLineAsync("end");
            (string output, int exit) = await Client.EndAsync(server);
            Assert.Equal((nameof(SessionEnd.Unmounted), 0), (output, exit));

            async Task<string> Rest() => line is null ? await server.StandardError.ReadToEndAsync() : "";
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [MountFact("/usr/bin/fusermount3")]
    public async Task Root_may_go_through_fusermount_too()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem(), null, options => options with { UseFusermount = true, NoExec = true });
        await mount.RunAsync("echo x > $1/f && cat $1/f && grep \" $1 fuse.fsxtest rw,nosuid,nodev,noexec,\" /proc/mounts");
        mount.Session.Unmount();
        Assert.Equal(SessionEnd.Unmounted, await mount.Session.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("exit 3", "ended with 3", Errno.None)]
    [InlineData("echo not allowed >&2; exit 1", "not allowed", Errno.None)]
    [InlineData("exit 0", "passed no device", Errno.None)]
    [InlineData(null, "cannot run", Errno.ENOENT)]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void What_the_mount_helper_says_is_reported(string? script, string message, Errno error)
    {
        string directory = Directory.CreateTempSubdirectory("fuse-helper-").FullName;
        try
        {
            string helper = Path.Combine(directory, "helper");
            if (script is not null)
            {
                File.WriteAllText(helper, "#!/bin/sh\n" + script + "\n");
                File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            FuseException exception = Assert.Throws<FuseException>(() => FuseMount.Mount(new MountOptions { MountPoint = directory, UseFusermount = true, FusermountPath = helper }));
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
            Assert.Equal(error, exception.Error);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [MountFact]
    public async Task Read_ahead_is_raised()
    {
        await using TestMount mount = await TestMount.StartAsync(new MemoryFileSystem(), new ConnectionOptions { ReadAheadKib = 2048 });
        string setting = $"/sys/class/bdi/{mount.Session.Mount.Major}:{mount.Session.Mount.Minor}/read_ahead_kb";
        Assert.Equal("2048", (await File.ReadAllTextAsync(setting)).Trim());
        mount.Session.Mount.SetReadAhead(512);
        Assert.Equal("512", (await File.ReadAllTextAsync(setting)).Trim());
    }

    [MountFact]
    public async Task A_backing_file_serves_a_passthrough_open()
    {
        string backing = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(backing, "from the backing file");
            PassthroughFileSystem fileSystem = new(backing);
            await using TestMount mount = await TestMount.StartAsync(fileSystem, new ConnectionOptions { Capabilities = FuseCapabilities.Default | FuseCapabilities.Passthrough, MaxStackDepth = 2 });
            if (!fileSystem.Connection!.Has(FuseCapabilities.Passthrough))
            {
                return;
            }

            Assert.Equal("from the backing file", await mount.RunAsync("touch $1/f && truncate -s 21 $1/f && cat $1/f"));
            await mount.RunAsync("printf FROM | dd of=$1/f conv=notrunc 2>/dev/null");
            Assert.StartsWith("FROM the", await File.ReadAllTextAsync(backing), StringComparison.Ordinal);
            Assert.Equal(0, fileSystem.DataRequests);
            Assert.Equal(Errno.None, fileSystem.Connection.CloseBacking(fileSystem.BackingId));
            Assert.Equal(Errno.ENOENT, fileSystem.Connection.CloseBacking(fileSystem.BackingId));
        }
        finally
        {
            File.Delete(backing);
        }
    }

    [MountFact]
    public async Task Passthrough_that_was_not_agreed_on_is_refused()
    {
        MemoryFileSystem fileSystem = new();
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle("/dev/null");
        Assert.Equal(Errno.EPERM, fileSystem.Connection!.OpenBacking(file, out int id));
        Assert.Equal(0, id);
    }

    private sealed class PassthroughFileSystem(string backing) : MemoryFileSystem
    {
        public int BackingId { get; private set; }

        public int DataRequests { get; private set; }

        public override void Open(OpenRequest request)
        {
            if (BackingId == 0)
            {
                using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(backing, FileMode.Open, FileAccess.ReadWrite);
                Errno error = Connection!.OpenBacking(file, out int id);
                if (error != Errno.None)
                {
                    request.Fail(error);
                    return;
                }

                BackingId = id;
            }

            request.Reply(0, OpenReplyFlags.Passthrough, BackingId);
        }

        public override void Create(CreateRequest request) => request.Fail(Errno.ENOSYS);

        public override void Read(ReadRequest request)
        {
            DataRequests++;
            base.Read(request);
        }

        public override void Write(WriteRequest request)
        {
            DataRequests++;
            base.Write(request);
        }
    }
}
