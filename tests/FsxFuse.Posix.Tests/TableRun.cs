using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using FsxFuse.Posix.Cases.Table;

namespace FsxFuse.Posix.Tests;

/// <summary>
/// One run of the whole table on one target, in a process of its own: a case that crashes or hangs takes nothing else along,
/// and no thread of the test host ever changes its identity.
/// </summary>
public sealed partial class TableRun<TTarget> : IAsyncLifetime
    where TTarget : IPosixTarget, new()
{
    private readonly TTarget _target = new();
    private readonly Dictionary<string, string?> _failures = [];
    private string _output = "";

    /// <summary>Runs the table and remembers how each case came out.</summary>
    public async Task InitializeAsync()
    {
        if (_target.Unavailable is not null)
            return;
        string directory = await _target.PrepareAsync();
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(PosixTable).Assembly.Location, directory },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            output.AppendLine(line);
            if (ResultLine().Match(line) is { Success: true } result)
                _failures[result.Groups["label"].Value] = result.Groups["not"].Success ? result.Groups["rest"].Value : null;
        }
        await process.WaitForExitAsync();
        _output = output.Append(await errors).ToString();
    }

    /// <summary>Fails if the case failed, or if its result is missing because the run ended before it.</summary>
    internal void AssertPassed(string label)
    {
        if (!_failures.TryGetValue(label, out string? failure))
            Assert.Fail($"no result; the run printed:\n{_output}");
        if (failure is not null)
            Assert.Fail(failure);
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => _target.DisposeAsync().AsTask();

    [GeneratedRegex("^(?<not>not )?ok [0-9]+ - (?<label>(root|user) [^ :]+)(?<rest>.*)$")]
    private static partial Regex ResultLine();
}
