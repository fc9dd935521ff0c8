using System.Diagnostics;

namespace FsxFuse.Fuse.Tests.Support;

/// <summary>Programs that use a mount, in processes of their own: this process serves it and must not touch it.</summary>
internal static class Client
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Starts a shell script, with the mount as $1.</summary>
    public static Process Start(string script, string mountPoint)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", script, "sh", mountPoint])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        return Process.Start(start)!;
    }

    /// <summary>Runs a shell script to its end.</summary>
    /// <returns>What it printed on both outputs, trimmed, and its exit code.</returns>
    public static async Task<(string Output, int Exit)> TryRunAsync(string script, string mountPoint)
    {
        using Process process = Start(script, mountPoint);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    public static async Task<(string Output, int Exit)> EndAsync(Process process)
    {
        using CancellationTokenSource limit = new(s_limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return ((await output + await errors).Trim(), process.ExitCode);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("the client did not end: " + process.StartInfo.ArgumentList[1]);
        }
    }

    /// <summary>Runs a shell script that must succeed.</summary>
    public static async Task<string> RunAsync(string script, string mountPoint)
    {
        (string output, int exit) = await TryRunAsync(script, mountPoint);
        Assert.True(exit == 0, $"exit {exit}: {output}");
        return output;
    }
}
