using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using FsxFuse.Fuse.Native;

namespace FsxFuse.Fuse;

/// <summary>
/// Runs a short helper program by posix_spawn. Everything this process has open is close-on-exec, and exactly one descriptor is passed, in the child
/// alone: a child started elsewhere at the same moment cannot inherit it.
/// </summary>
internal static unsafe class ChildProcess
{
    // sizeof(posix_spawn_file_actions_t) is 80 in glibc and musl.
    private const int FileActionsSize = 256;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="arguments">The program (looked up in PATH) and its arguments.</param>
    /// <param name="passed">Descriptor the child gets under the same number, or -1.</param>
    /// <param name="extraEnvironment">NAME=VALUE, or null.</param>
    /// <param name="errors">What it wrote to its standard error.</param>
    /// <returns>Its exit code; 128 + n if a signal n ended it.</returns>
    public static int Run(string[] arguments, int passed, string? extraEnvironment, out string errors)
    {
        int* pipe = stackalloc int[2];
        if (LibC.pipe2(pipe, LibC.O_CLOEXEC) != 0)
        {
            throw new FuseException("pipe2", (Errno)Marshal.GetLastSystemError());
        }

        int pid;
        int error;
        byte* actions = stackalloc byte[FileActionsSize];
        byte** argumentVector = Vector(arguments);
        byte** environment = Vector(Environment(extraEnvironment));
        try
        {
            _ = LibC.posix_spawn_file_actions_init(actions);
            _ = LibC.posix_spawn_file_actions_adddup2(actions, pipe[1], 2);
            if (passed >= 0)
            {
                // The same number on both sides clears close-on-exec in the child.
                _ = LibC.posix_spawn_file_actions_adddup2(actions, passed, passed);
            }

            error = LibC.posix_spawnp(&pid, argumentVector[0], actions, null, argumentVector, environment);
            _ = LibC.posix_spawn_file_actions_destroy(actions);
        }
        finally
        {
            Free(argumentVector);
            Free(environment);
            _ = LibC.close(pipe[1]);
        }

        if (error != 0)
        {
            _ = LibC.close(pipe[0]);
            throw new FuseException($"cannot run {arguments[0]}", (Errno)error);
        }

        errors = ReadToEnd(pipe[0]);
        _ = LibC.close(pipe[0]);
        int status;
        while (LibC.waitpid(pid, &status, 0) < 0 && Marshal.GetLastSystemError() == (int)Errno.EINTR)
        {
        }

        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    private static string ReadToEnd(int fd)
    {
        StringBuilder text = new();
        byte* buffer = stackalloc byte[1024];
        while (true)
        {
            nint count = LibC.read(fd, buffer, 1024);
            if (count > 0)
            {
                text.Append(Encoding.UTF8.GetString(buffer, (int)count));
            }
            else if (count == 0 || Marshal.GetLastSystemError() != (int)Errno.EINTR)
            {
                return text.ToString().Trim();
            }
        }
    }

    private static string[] Environment(string? extra)
    {
        List<string> variables = [];
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            variables.Add($"{variable.Key}={variable.Value}");
        }

        if (extra is not null)
        {
            variables.Add(extra);
        }

        return [.. variables];
    }

    private static byte** Vector(string[] values)
    {
        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)(values.Length + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < values.Length; i++)
        {
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        }

        return vector;
    }

    private static void Free(byte** vector)
    {
        for (byte** at = vector; *at != null; at++)
        {
            Marshal.FreeCoTaskMem((nint)(*at));
        }

        NativeMemory.Free(vector);
    }
}
