using System.Diagnostics;
using FsxFuse.Native;

namespace FsxFuse.Lfs;

/// <summary>Lustre's own lfs.</summary>
internal static class RealLfs
{
    /// <summary>The first lfs on the PATH that is not this program.</summary>
    public static string? Find()
    {
        string? self = Libc.RealPath("/proc/self/exe", out _);
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string candidate = Path.Combine(directory, LfsCall.Name);
            if (File.Exists(candidate) && (File.GetUnixFileMode(candidate) & UnixFileMode.UserExecute) != 0 && Libc.RealPath(candidate, out _) != self)
                return candidate;
        }
        return null;
    }

    /// <summary>Runs it with the same arguments, terminal and environment; returns its exit code.</summary>
    public static async Task<int> RunAsync(string path, IReadOnlyList<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(path, arguments))!;
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode;
    }
}
