using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FsxFuse.Posix.Cases.Running;

/// <summary>
/// A second process, for what only two processes can show: record locks, and one seeing what the other wrote. It is started
/// by the runner's own thread, before any case has changed its thread's identity, and takes one command a line.
/// </summary>
internal sealed class Peer : IDisposable
{
    private const int SignalUser = 10;

    private readonly Process _process;

    internal Peer(uint uid, uint gid)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(Peer).Assembly.Location);
        foreach (string argument in new[] { "--peer", uid.ToString(CultureInfo.InvariantCulture), gid.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    internal int Id => _process.Id;

    /// <summary>Sends a command and waits for its answer.</summary>
    internal Outcome Call(string command)
    {
        Begin(command);
        return End(out _);
    }

    /// <summary>Sends a command that may block.</summary>
    internal void Begin(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for the answer to <see cref="Begin"/>.</summary>
    /// <param name="finished">When the command was done, in ticks of the system-wide monotonic clock (<see cref="Stopwatch.GetTimestamp"/>).</param>
    internal Outcome End(out long finished)
    {
        string[] words = (_process.StandardOutput.ReadLine() ?? throw new EndOfStreamException("the second process ended")).Split(' ', 4);
        finished = long.Parse(words[0], CultureInfo.InvariantCulture);
        return new Outcome($"peer: {words[3]}", long.Parse(words[1], CultureInfo.InvariantCulture), (Errno)int.Parse(words[2], CultureInfo.InvariantCulture));
    }

    internal int Open(string path, int flags = O_RDWR, int mode = 644) => (int)Call($"open {path} {flags} {mode}").Ok();

    internal Outcome Close(int fd) => Call($"close {fd}");

    internal Outcome SetLock(int fd, int command, short type, long start = 0, long length = 0) => Call($"setlk {fd} {command} {type} {start} {length}");

    /// <summary>From here on a call that blocks ends with EINTR at <see cref="Interrupt"/>.</summary>
    internal void BeInterruptible() => Call("interruptible").Ok();

    /// <summary>Sends a handled signal to the thread that runs the commands.</summary>
    internal void Interrupt() => Outcome.Of("tgkill", Libc.tgkill(Id, Id, SignalUser)).Ok();

    /// <summary>Ends the process at once, with whatever it holds.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    internal bool HasEnded => _process.HasExited;

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    /// <summary>The second process's own main loop.</summary>
    internal static int Serve(uint uid, uint gid, TextReader commands, TextWriter answers)
    {
        if (Libc.geteuid() == 0 && uid != 0)
            Identity.Become(uid, gid, [gid], forGood: true);
        while (commands.ReadLine() is { } line)
        {
            Outcome outcome = Execute(line.Split(' '));
            answers.WriteLine($"{Stopwatch.GetTimestamp()} {outcome.Value} {(int)outcome.Errno} {outcome.Call}");
            answers.Flush();
        }
        return 0;
    }

    private static Outcome Execute(string[] words)
    {
        int Int(int i) => int.Parse(words[i], CultureInfo.InvariantCulture);
        long Long(int i) => long.Parse(words[i], CultureInfo.InvariantCulture);
        switch (words[0])
        {
            case "open": return PathCalls.Open(words[1], Int(2), Int(3));
            case "interruptible": return Interruptible();
            case "close": return FileCalls.Close(Int(1));
            case "setlk": return LockCalls.SetLock(Int(1), Int(2), (short)Int(3), Long(4), Long(5));
            case "getlk": return new Outcome("getlk", GetLock(Int(1), Int(2), (short)Int(3), Long(4), Long(5)).Pid, 0);
            case "flock": return LockCalls.Flock(Int(1), Int(2));
            case "pwrite": return Pwrite(Int(1), Encoding.UTF8.GetBytes(words[3]), Long(2));
            case "size": return TryStat(words[1], out var stat) is { Succeeded: false } failed ? failed : new Outcome("size", stat.Length, 0);
            case "byte":
                Span<byte> one = stackalloc byte[1];
                return Pread(Int(1), one, Long(2)) is { Value: 1 } ? new Outcome("byte", one[0], 0) : new Outcome("byte", -2, 0);
            case "unlink": return Unlink(words[1]);
            case "rename": return Rename(words[1], words[2]);
            case "mkdir": return Mkdir(words[1], Int(2));
            case "churn": return Churn(words[1], Int(2));
            case "appends": return Appends(words[1], Int(2), words[3]);
            default: throw new ArgumentException($"unknown command {words[0]}");
        }
    }

    // The handler is a function of libc that takes a number and touches nothing: managed code must not run in a signal.
    private static Outcome Interruptible()
    {
        nint libc = NativeLibrary.Load("libc.so.6");
        Libc.signal(SignalUser, NativeLibrary.GetExport(libc, "abs"));
        return Outcome.Of("siginterrupt", Libc.siginterrupt(SignalUser, 1));
    }

    // Every kind of call that changes a name, and some that look: the first that fails ends it.
    private static Outcome Churn(string directory, int rounds)
    {
        Outcome last = default;
        for (int i = 0; i < rounds; i++)
        {
            string made = $"{directory}/made{i}", moved = $"{directory}/moved{i}", file = $"{moved}/file";
            Func<Outcome>[] calls =
            [
                () => Mkdir(made), () => Rename(made, moved), () => TryStat(moved, out var _),
                () => last = PathCalls.Open(file, O_RDWR | O_CREAT | O_EXCL), () => FileCalls.Close((int)last.Value),
                () => Chmod(file, 600), () => Unlink(file), () => Rmdir(moved),
            ];
            foreach (var call in calls)
            {
                last = call();
                if (!last.Succeeded)
                    return last;
            }
        }
        return last;
    }

    private static Outcome Appends(string path, int count, string text)
    {
        var opened = PathCalls.Open(path, O_WRONLY | O_APPEND);
        if (!opened.Succeeded)
            return opened;
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\n");
        Outcome last = opened;
        for (int i = 0; i < count && last.Succeeded; i++)
            last = Write((int)opened.Value, bytes);
        FileCalls.Close((int)opened.Value);
        return last;
    }
}
