using System.Diagnostics;

namespace FsxFuse.Model.Tests;

/// <summary>The program as it is run by hand, with fewer operations; a failure prints the script that shows it.</summary>
public sealed class RunTests
{
    [RunnableFact]
    public Task A_mount_answers_as_ext4_does() => RunAsync("run", "--operations", "20000", "--seed", "1");

    [RunnableFact]
    public Task No_byte_is_wrong_while_files_are_released_and_loaded() => RunAsync("integrity", "--operations", "20000", "--seed", "1");

    private static async Task RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "FsxFuse.Model"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await errors);
    }
}
