using System.Diagnostics;

namespace FsxFuse.Integration.Tests;

/// <summary>Runs programs as a user would, always with a limit.</summary>
internal static class Shell
{
    /// <summary>Runs a program; its output is returned whatever its exit code.</summary>
    public static async Task<ShellResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? directory = null,
        int seconds = 120)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? "/",
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(seconds));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {seconds} s.");
        }

        return new ShellResult(process.ExitCode, await output, await errors);
    }

    /// <summary>Runs a script; anything but exit code 0 fails the test.</summary>
    public static async Task<string> BashAsync(string script, IReadOnlyDictionary<string, string>? environment = null, string? directory = null, int seconds = 120)
    {
        ShellResult result = await RunAsync("bash", ["-c", "set -euo pipefail\n" + script], environment, directory, seconds);
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode} of\n{script}\n--- output\n{Tail(result.Output)}\n--- errors\n{Tail(result.Errors)}");
        return result.Output;
    }

    private static string Tail(string text) => text.Length <= 4000 ? text : "…" + text[^4000..];
}
