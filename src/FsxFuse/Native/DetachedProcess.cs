using System.ComponentModel;
using System.Runtime.InteropServices;

namespace FsxFuse.Native;

/// <summary>Starts a process in a session of its own, with /dev/null as its standard streams and one pipe of ours (posix_spawn(3)).</summary>
internal static unsafe partial class DetachedProcess
{
    /// <summary>The descriptor under which the process finds its end of the pipe.</summary>
    public const int PipeFd = 3;

    // posix_spawn's opaque structs: glibc has 336 and 80 bytes, musl 336 and 80.
    private const int OpaqueSize = 512;
    private const short POSIX_SPAWN_SETSIGDEF = 0x04;
    private const short POSIX_SPAWN_SETSIGMASK = 0x08;
    private const short POSIX_SPAWN_SETSID = 0x80;
    private const int O_RDWR = 2;
    private const int O_CLOEXEC = 0x80000;

    /// <summary>Starts a program; returns its pid and the reading end of its pipe, which ends when it exits.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Arguments, the zeroth included.</param>
    /// <param name="environment">Environment, <c>NAME=value</c>.</param>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    public static (int Pid, FileStream Pipe) Start(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        int* ends = stackalloc int[2];
        if (Libc.Pipe(ends, O_CLOEXEC) != 0)
            throw new Win32Exception(Marshal.GetLastSystemError());
        var reader = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(ends[0], ownsHandle: true), FileAccess.Read, bufferSize: 0);
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        byte** argv = Vector(arguments);
        byte** envp = Vector(environment);
        try
        {
            Check(ActionsInit(actions));
            Check(AttributesInit(attributes));
            // 128 bytes are sigset_t: no signal blocked, SIGPIPE and the rest at their defaults, whatever the caller had.
            byte* none = stackalloc byte[128];
            new Span<byte>(none, 128).Clear();
            byte* all = stackalloc byte[128];
            new Span<byte>(all, 128).Fill(0xFF);
            Check(SetMask(attributes, none));
            Check(SetDefaults(attributes, all));
            Check(SetFlags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
            for (int fd = 0; fd < 3; fd++)
                Check(AddOpen(actions, fd, "/dev/null", O_RDWR, 0));
            Check(AddDup2(actions, ends[1], PipeFd));
            CloseTheRest(actions);
            int pid;
            Check(Spawn(&pid, program, actions, attributes, argv, envp));
            return (pid, reader);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
        finally
        {
            _ = Libc.Close(ends[1]);
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
            Free(argv);
            Free(envp);
        }
    }

    // What the caller's caller left open (a terminal, a lock, a pipe of a script) must not live as long as the daemon.
    private static void CloseTheRest(byte* actions)
    {
        try
        {
            Check(AddCloseFrom(actions, PipeFd + 1));
        }
        catch (EntryPointNotFoundException)
        {
            // Before glibc 2.34. .NET opens everything with O_CLOEXEC, so only what was inherited stays open.
        }
    }

    private static byte** Vector(IReadOnlyList<string> texts)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return vector;
    }

    private static void Free(byte** vector)
    {
        for (byte** p = vector; *p is not null; p++)
            Marshal.FreeCoTaskMem((nint)(*p));
        NativeMemory.Free(vector);
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(int* pid, string path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDup2(byte* actions, int fd, int newFd);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static partial int AddCloseFrom(byte* actions, int from);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* mask);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(byte* attributes, byte* signals);
}
