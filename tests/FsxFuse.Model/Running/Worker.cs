using System.Diagnostics;
using System.Globalization;

namespace FsxFuse.Model;

/// <summary>The parent's end of a lane's process.</summary>
internal sealed class Worker : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private readonly Process _process;
    private readonly string _log;

    internal Worker(int lane, int seed, (string Reference, string Mounted) directories, string directory, string socket, string log)
    {
        Lane = lane;
        _log = log;
        string self = Path.Combine(AppContext.BaseDirectory, "FsxFuse.Model");
        ProcessStartInfo start = new(self, [WorkerCommand.Argument, Text(lane), Text(seed), directories.Reference, directories.Mounted, directory, socket, log])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        _process = Process.Start(start)!;
    }

    internal int Lane { get; }

    /// <summary>What the lane has done so far, in order.</summary>
    internal List<Operation> Done() => File.Exists(_log) ? OperationText.Read(_log) : [];

    /// <summary>Sends a command; returns what differed, null if nothing did.</summary>
    internal async Task<string?> AskAsync(string command)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(command).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync().ConfigureAwait(false);
            string? answer = await _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience).ConfigureAwait(false);
            return answer switch
            {
                "done" => null,
                null => $"the process of lane {Lane} ended",
                _ => Uri.UnescapeDataString(answer["different ".Length..]),
            };
        }
        catch (TimeoutException)
        {
            return $"no answer within {s_patience.TotalMinutes} minutes: the last operation hangs";
        }
        catch (IOException)
        {
            return $"the process of lane {Lane} ended";
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(s_patience))
            _process.Kill();
        _process.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
