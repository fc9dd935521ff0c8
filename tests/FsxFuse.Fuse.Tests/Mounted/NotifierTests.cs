using System.Diagnostics;
using FsxFuse.Fuse.Tests.Sample;
using FsxFuse.Fuse.Tests.Support;

namespace FsxFuse.Fuse.Tests.Mounted;

public class NotifierTests
{
    private static MemoryFileSystem LongLived => new() { Timeout = TimeSpan.FromHours(1) };

    [MountFact]
    public async Task An_inode_notification_drops_attributes_and_data()
    {
        MemoryFileSystem fileSystem = LongLived;
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        Assert.Equal("5", await mount.RunAsync("printf first > $1/f; cat $1/f >/dev/null; stat -c %s $1/f"));
        fileSystem.Replace(1, "f", "something else");
        Assert.Equal("5", await mount.RunAsync("stat -c %s $1/f"));
        ulong id = fileSystem.IdOf(1, "f");
        mount.Session.Notifier.InvalidateInode(id);
        await mount.Session.Notifier.FlushAsync(id);
        Assert.Equal("14 something else", await mount.RunAsync("echo $(stat -c %s $1/f) $(cat $1/f)"));
    }

    [MountFact]
    public async Task An_entry_notification_drops_a_name()
    {
        MemoryFileSystem fileSystem = LongLived;
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        await mount.RunAsync("touch $1/a $1/b $1/c");
        fileSystem.Vanish(1, "a");
        fileSystem.Vanish(1, "b");
        await mount.RunAsync("stat $1/a $1/b");
        Notifier notifier = mount.Session.Notifier;
        notifier.InvalidateEntry(1, "a"u8);
        notifier.InvalidateEntry(1, "b"u8, expireOnly: true);
        notifier.InvalidateEntry(1, "never-heard-of"u8);
        await notifier.FlushAsync(1);
        Assert.Equal("gone", await mount.RunAsync("stat $1/c >/dev/null && ! stat $1/a 2>/dev/null && ! stat $1/b 2>/dev/null && echo gone"));
    }

    [MountFact]
    public async Task A_negative_entry_is_dropped_too()
    {
        MemoryFileSystem fileSystem = LongLived;
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        await mount.RunAsync("touch $1/a; ! stat $1/b 2>/dev/null");
        mount.Session.Notifier.InvalidateEntry(1, "b"u8);
        await mount.Session.Notifier.FlushAsync(1);
        await mount.RunAsync("mv $1/a $1/b && stat $1/b");
    }

    [MountFact]
    public async Task A_deletion_is_seen_by_who_watches_the_file()
    {
        MemoryFileSystem fileSystem = LongLived;
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        await mount.RunAsync("touch $1/a");
        const string Script = """
            exec /usr/bin/python3 - $1 <<'END'
            import ctypes, os, sys
            libc = ctypes.CDLL(None)
            fd = libc.inotify_init()
            libc.inotify_add_watch(fd, (sys.argv[1] + "/a").encode(), 0x400)
            print('watching', flush=True)
            data = os.read(fd, 4096)
            print(hex(int.from_bytes(data[4:8], "little")))
            END
            """;
        using Process client = Client.Start(Script, mount.Path);
        Assert.Equal("watching", await client.StandardOutput.ReadLineAsync());
        ulong id = fileSystem.IdOf(1, "a");
        fileSystem.Vanish(1, "a");
        mount.Session.Notifier.Delete(1, id, "a"u8);
        Assert.Equal("0x400", (await Client.EndAsync(client)).Output);
    }

    [MountFact]
    public async Task Epoch_expires_all_names_and_prune_forgets_inodes()
    {
        MemoryFileSystem fileSystem = LongLived;
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        if (fileSystem.Connection!.Protocol.Minor < 45)
        {
            return;
        }

        await mount.RunAsync("touch $1/a $1/b; stat $1/a $1/b");
        fileSystem.Vanish(1, "a");
        Assert.True(mount.Session.Notifier.Epoch());
        await mount.Session.Notifier.FlushAsync(0);
        await mount.RunAsync("! stat $1/a 2>/dev/null && stat $1/b");

        // What was looked up is given back without memory pressure.
        ulong id = fileSystem.IdOf(1, "b");
        Assert.NotEqual(0, fileSystem.LookupsHeld);
        Assert.True(mount.Session.Notifier.Prune([id]));
        await Eventually.TrueAsync(() => fileSystem.LookupsHeld == 0, "b is forgotten");
    }

    [MountFact]
    public async Task A_directory_that_is_stuck_delays_no_other()
    {
        HeldLookupFileSystem fileSystem = new() { Timeout = TimeSpan.FromHours(1) };
        await using TestMount mount = await TestMount.StartAsync(fileSystem, new ConnectionOptions { NotifierThreads = 4 });
        await mount.RunAsync("mkdir $1/d && touch $1/f && stat $1/f");

        // A create holds the directory's lock for as long as it is pending, and a notification for the directory waits for that lock.
        ulong stuck = fileSystem.IdOf(1, "d");
        using Process client = Client.Start("touch $1/d/x", mount.Path);
        await Eventually.TrueAsync(() => fileSystem.Held is not null, "a pending create");
        for (int i = 0; i < 10; i++)
        {
            mount.Session.Notifier.InvalidateEntry(stuck, "x"u8);
        }

        ulong free = fileSystem.IdOf(1, "f");
        fileSystem.Replace(1, "f", "new");
        mount.Session.Notifier.InvalidateInode(free);
        await mount.Session.Notifier.FlushAsync(free).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("new", await mount.RunAsync("cat $1/f"));
        Assert.True(mount.Session.Notifier.Backlog > 0);
        Task flushed = mount.Session.Notifier.FlushAsync(stuck);
        Assert.False(flushed.IsCompleted);
        fileSystem.Held!.Value.Fail(Errno.EPERM);
        await flushed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(0, mount.Session.Notifier.Backlog);
        await Client.EndAsync(client);
    }

    private sealed class HeldLookupFileSystem : MemoryFileSystem
    {
        private readonly Lock _lock = new();
        private CreateRequest? _held;

        public CreateRequest? Held
        {
            get
            {
                lock (_lock)
                {
                    return _held;
                }
            }
        }

        public override void Create(CreateRequest request)
        {
            if (request.NodeId == 1)
            {
                base.Create(request);
                return;
            }

            lock (_lock)
            {
                _held = request;
            }
        }
    }
}
