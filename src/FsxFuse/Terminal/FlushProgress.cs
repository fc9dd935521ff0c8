using System.Globalization;
using FsxFuse.Control;
using FsxFuse.Control.Documents;
using Spectre.Console;

namespace FsxFuse.Terminal;

/// <summary>Waits until everything queued is in the repository, showing how it goes.</summary>
internal sealed class FlushProgress(Output output, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    // How long exports may fail, one and all, before waiting is given up: long enough for an endpoint that restarts.
    private static readonly TimeSpan FailurePatience = TimeSpan.FromSeconds(60);

    /// <summary>Waits.</summary>
    /// <exception cref="CommandFailedException">What remains has been failing for a minute.</exception>
    public Task RunAsync(ControlClient client, CancellationToken cancel)
    {
        if (!output.IsInteractive)
            return WaitAsync(client, _ => { }, cancel);
        return AnsiConsole.Progress().HideCompleted(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new SpinnerColumn()).StartAsync(async progress =>
        {
            ProgressTask bar = progress.AddTask("exporting");
            bar.MaxValue = 1;
            await WaitAsync(client, remaining =>
            {
                bar.MaxValue = Math.Max(bar.MaxValue, remaining);
                bar.Value = bar.MaxValue - remaining;
                bar.Description = string.Create(CultureInfo.InvariantCulture, $"exporting, {remaining} left");
            }, cancel).ConfigureAwait(false);
        });
    }

    private async Task WaitAsync(ControlClient client, Action<long> report, CancellationToken cancel)
    {
        long lastProgress = time.GetTimestamp(), least = long.MaxValue;
        while (true)
        {
            FlushDocument state = await client.FlushAsync(Step, cancel).ConfigureAwait(false);
            report(state.Remaining);
            if (state.Remaining == 0)
                return;
            if (state.Remaining < least || state.Failing < state.Remaining)
                lastProgress = time.GetTimestamp();
            least = Math.Min(least, state.Remaining);
            if (time.GetElapsedTime(lastProgress) > FailurePatience)
            {
                throw new CommandFailedException(
                    $"{state.Remaining} changes cannot be exported ({state.LastError?.TrimEnd('.') ?? "see 'fsxfuse status'"}); the file system stays mounted. 'fsxfuse umount' without --flush keeps them queued on disk");
            }
        }
    }
}
