namespace FsxFuse.Model;

/// <summary>
/// The bytes of two files under every operation that changes them, while tasks drop what the files hold in the cache and load it again. The
/// operations follow from the seed; when a task that is not waited for does its work does not.
/// </summary>
internal sealed class IntegrityRun(ModelOptions options, Field field, TextWriter output)
{
    // After so many operations the files begin anew: what fails is found in a script of at most this length.
    private const int EpochOperations = 20_000;

    /// <summary>Whether no byte was wrong.</summary>
    internal async Task<bool> RunAsync()
    {
        for (int done = 0, seed = options.Seed; done < options.Operations; seed++)
        {
            int count = Math.Min(EpochOperations, options.Operations - done);
            List<Operation> script = [];
            string directory = field.NewDirectory();
            (_, string mounted) = field.LaneDirectories(directory, 0);
            IntegrityLane lane = new(new Side(mounted));
            IntegrityGenerator generator = new(seed, lane.Model);
            ScriptRunner runner = new(field, (_, _) => lane);
            Failure? failure = runner.Run(Record(generator, script, count), directory);
            if (failure is not null)
            {
                await output.WriteLineAsync($"difference with seed {seed} after {script.Count} operations:\n{failure.Operation}\n{failure.Difference}").ConfigureAwait(false);
                await new FailureReport(options, field, output).WriteAsync($"seed {seed}", [script], (into, number) => Make(field, into, number)).ConfigureAwait(false);
                return false;
            }

            done += count;
            await output.WriteLineAsync($"{done} operations, no difference (seed {seed})").ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>A lane on fresh files, for a script.</summary>
    internal static IScriptLane Make(Field field, string directory, int lane) => new IntegrityLane(new Side(field.LaneDirectories(directory, lane).Mounted));

    // Drawn one by one, since what is drawn depends on what the operations before made.
    private static IEnumerable<Operation> Record(IntegrityGenerator generator, List<Operation> script, int count)
    {
        while (script.Count < count - 1)
        {
            script.Add(generator.Next());
            yield return script[^1];
        }

        script.Add(new Operation(OperationKind.Compare));
        yield return script[^1];
    }
}
