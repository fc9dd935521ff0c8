using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FsxFuse.Integration.Tests;

/// <summary>What must hold whenever a mount is refused: soon, one line on standard error, nothing mounted and nobody left running.</summary>
internal static partial class Refusal
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Runs a mount that must fail in that way; returns its line.</summary>
    public static async Task<string> ExpectAsync(TestMount mount, int exitCode, Func<Task<ShellResult>> run)
    {
        string before = await MountsAsync(mount);
        // The daemon of an earlier mount may be ending still: only one that has a mount stays.
        int? daemon = before.Length == 0 ? null : await mount.FindDaemonAsync();
        long start = Stopwatch.GetTimestamp();
        ShellResult result = await run();
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        Assert.True(result.ExitCode == exitCode, $"exit code {result.ExitCode}: {result.Output}{result.Errors}");
        Assert.Equal("", result.Output);
        Assert.Matches(Line(), result.Errors);
        Assert.DoesNotContain("internal error", result.Errors, StringComparison.Ordinal);
        Assert.True(took < Limit, $"{took} until: {result.Errors}");
        Assert.Equal(before, await MountsAsync(mount));
        for (int i = 0; i < 100 && await mount.FindDaemonAsync() != daemon; i++)
        {
            await Task.Delay(20);
        }

        Assert.Equal(daemon, await mount.FindDaemonAsync());
        return result.Errors.TrimEnd();
    }

    /// <summary>The same for <c>fsxfuse mount</c> of this source on this directory.</summary>
    public static Task<string> ExpectAsync(TestMount mount, int exitCode = 1, string? directory = null, string? source = null)
    {
        string[] options = mount.Options.Length == 0 ? [] : ["-o", mount.Options];
        return ExpectAsync(mount, exitCode, () => mount.FsxAsync(["mount", source ?? mount.Source, directory ?? mount.Mountpoint, .. options]));
    }

    private static async Task<string> MountsAsync(TestMount mount) => string.Join(
        '\n', (await File.ReadAllLinesAsync("/proc/self/mountinfo")).Where(line => line.Contains(mount.Root, StringComparison.Ordinal)));

    [GeneratedRegex(@"\A(fsxfuse|mount\.fsxfuse): [^\n]{20,700}\n\z")]
    private static partial Regex Line();
}
