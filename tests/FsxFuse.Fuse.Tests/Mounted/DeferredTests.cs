using System.Diagnostics;
using FsxFuse.Fuse.Tests.Sample;
using FsxFuse.Fuse.Tests.Support;

namespace FsxFuse.Fuse.Tests.Mounted;

public class DeferredTests
{
    [MountFact]
    public async Task Pending_requests_are_answered_out_of_order_while_others_go_on()
    {
        HeldOpenFileSystem fileSystem = new();
        await using TestMount mount = await TestMount.StartAsync(fileSystem, new ConnectionOptions { ReaderThreads = 1 });
        await mount.RunAsync("echo 1 > $1/a; echo 2 > $1/b; echo 3 > $1/c");
        using Process client = Client.Start("for f in a b c; do (cat $1/$f >/dev/null; echo done) & done; wait", mount.Path);
        await Eventually.TrueAsync(() => fileSystem.Held.Count == 3, "three pending opens");

        // The only reader is free: a stat and a listing are answered meanwhile.
        await mount.RunAsync("stat $1/a && ls $1 && mkdir $1/d");
        foreach (OpenRequest request in fileSystem.Held.Reverse())
        {
            Assert.True(request.Reply(7));
        }

        Assert.Equal("done\ndone\ndone", (await Client.EndAsync(client)).Output);
    }

    [MountFact]
    public async Task A_burst_of_pending_requests_gives_all_buffers_back()
    {
        HeldOpenFileSystem fileSystem = new();
        await using TestMount mount = await TestMount.StartAsync(fileSystem, new ConnectionOptions { ReaderThreads = 2, ResidentBuffers = 4 });
        await mount.RunAsync("echo 1 > $1/a");
        const string Script = """
            exec /usr/bin/python3 - $1/a <<'END'
            import os, sys, threading
            ts = [threading.Thread(target=lambda: os.close(os.open(sys.argv[1], os.O_RDONLY))) for _ in range(60)]
            [t.start() for t in ts]
            [t.join() for t in ts]
            END
            """;
        using Process client = Client.Start(Script, mount.Path);
        await Eventually.TrueAsync(() => fileSystem.Held.Count == 60, "sixty pending opens");
        Assert.Equal(60, mount.Session.InFlight);
        Assert.Equal(62, mount.Session.LentBuffers);
        Parallel.ForEach(fileSystem.Held, static request => request.Reply(7));
        Assert.Equal(0, (await Client.EndAsync(client)).Exit);
        await Eventually.TrueAsync(() => mount.Session is { InFlight: 0, LentBuffers: 2 }, "all buffers back but the readers'");
    }

    [MountFact]
    public async Task A_killed_client_interrupts_its_pending_request()
    {
        HeldOpenFileSystem fileSystem = new() { AnswerInterrupts = true };
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        await mount.RunAsync("echo 1 > $1/a");
        using Process client = Client.Start("cat $1/a & p=$!; read x; kill -TERM $p; wait $p; echo $?", mount.Path);
        await Eventually.TrueAsync(() => fileSystem.Held.Count == 1, "a pending open");
        await client.StandardInput.WriteLineAsync("now");
        Assert.StartsWith("143", (await Client.EndAsync(client)).Output, StringComparison.Ordinal);
        Assert.Equal(1, fileSystem.Interrupts);
        await Eventually.TrueAsync(() => mount.Session.InFlight == 0, "the request is over");
    }

    [MountFact]
    public async Task A_handled_signal_interrupts_nothing_and_a_killing_one_after_it_still_does()
    {
        HeldOpenFileSystem fileSystem = new() { AnswerInterrupts = true };
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        const string Script = """
            echo 1 > $1/a && /usr/bin/python3 - $1/a <<'END' &
            import ctypes, os, signal, sys
            signal.signal(signal.SIGALRM, lambda *a: None)
            signal.siginterrupt(signal.SIGALRM, True)
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            libc = ctypes.CDLL(None, use_errno=True)
            print(libc.open(sys.argv[1].encode(), os.O_RDONLY), ctypes.get_errno())
            END
            p=$!; read x; kill -KILL $p; wait $p; echo $?
            """;
        using Process client = Client.Start(Script, mount.Path);
        await Eventually.TrueAsync(() => fileSystem.Held.Count == 1, "a pending open");
        await Task.Delay(500);
        Assert.Equal(0, fileSystem.Interrupts);
        await client.StandardInput.WriteLineAsync("now");
        Assert.StartsWith("137", (await Client.EndAsync(client)).Output, StringComparison.Ordinal);
        Assert.Equal(1, fileSystem.Interrupts);
        await Eventually.TrueAsync(() => mount.Session.InFlight == 0, "the request is over");
    }

    [MountFact]
    public async Task An_unmount_waits_for_nothing_but_an_abort_interrupts_what_is_pending()
    {
        HeldOpenFileSystem fileSystem = new() { AnswerInterrupts = true };
        await using TestMount mount = await TestMount.StartAsync(fileSystem);
        using Process client = Client.Start("echo 1 > $1/a; cat $1/a", mount.Path);
        await Eventually.TrueAsync(() => fileSystem.Held.Count == 1, "a pending open");
        mount.Session.Abort();
        Assert.Equal(SessionEnd.Aborted, await mount.Session.Completion.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, fileSystem.Interrupts);
        (string output, int exit) = await Client.EndAsync(client);
        Assert.True(exit != 0, output);
    }
}
