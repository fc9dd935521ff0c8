namespace FsxFuse.Model;

/// <summary>Shrinks the script of a failure, prints it and leaves it in a file that can be replayed.</summary>
internal sealed class FailureReport(ModelOptions options, Field field, TextWriter output)
{
    private static readonly TimeSpan s_shrinkFor = TimeSpan.FromMinutes(3);

    /// <param name="title">What the script comes from.</param>
    /// <param name="scripts">Scripts that may show the failure again, the most wanted first.</param>
    /// <param name="makeLane">Makes a lane in a directory of the field.</param>
    internal async Task WriteAsync(string title, IReadOnlyList<List<Operation>> scripts, Func<string, int, IScriptLane> makeLane)
    {
        ScriptRunner runner = new(field, makeLane);
        foreach (List<Operation> script in scripts)
        {
            Shrinker shrinker = new(runner.Run, options.ShrinkFor ?? s_shrinkFor);
            if (shrinker.Shrink(script) is not { } shrunk)
                continue;
            await output.WriteLineAsync($"\nshrunk from {script.Count} to {shrunk.Script.Count} operations in {shrinker.Attempts} attempts; the last {shrunk.Failure.Difference}").ConfigureAwait(false);
            await SaveAsync(title, shrunk.Script).ConfigureAwait(false);
            foreach (Operation operation in shrunk.Script)
                await output.WriteLineAsync(operation.ToString()).ConfigureAwait(false);
            return;
        }

        await output.WriteLineAsync("\nit does not happen again when the operations run one after the other").ConfigureAwait(false);
        await SaveAsync(title, scripts[^1]).ConfigureAwait(false);
    }

    private async Task SaveAsync(string title, IReadOnlyList<Operation> script)
    {
        string file = options.ScriptFile ?? Path.Combine(Path.GetTempPath(), $"fsxfuse-{options.Command}-{title.Replace(' ', '-')}.script");
        await File.WriteAllLinesAsync(file, [$"# {options.Command}: {title}", .. script.Select(operation => operation.ToString())]).ConfigureAwait(false);
        await output.WriteLineAsync($"replay with: FsxFuse.Model {options.Command} --replay {file}").ConfigureAwait(false);
    }
}
