namespace FsxFuse.Model;

/// <summary>
/// Random operations on a mount and on ext4, by one process for each lane, with remounts, kills and tasks of everything between rounds. The
/// operations of every lane and the events follow from the seed; how the lanes' operations fall between each other does not, but lanes share
/// nothing.
/// </summary>
internal sealed class ModelRun(ModelOptions options, Field field, TextWriter output)
{
    // Operations of all lanes after which they start anew in fresh directories: what fails is found in a script of at most this length.
    private const int EpochOperations = 20_000;

    private readonly List<int> _rounds = [];
    private readonly List<Operation?> _events = [];

    /// <summary>Whether nothing differed.</summary>
    internal async Task<bool> RunAsync()
    {
        for (int done = 0, seed = options.Seed; done < options.Operations; seed++)
        {
            int count = Math.Min(EpochOperations, options.Operations - done);
            if (!await RunEpochAsync(seed, count).ConfigureAwait(false))
                return false;
            done += count;
            await output.WriteLineAsync($"{done} operations, no difference (seed {seed})").ConfigureAwait(false);
        }

        return true;
    }

    private async Task<bool> RunEpochAsync(int seed, int operations)
    {
        Random random = new(seed);
        string directory = field.NewDirectory();
        List<Worker> workers = [.. Enumerable.Range(0, options.Lanes).Select(lane =>
            new Worker(lane, seed, field.LaneDirectories(directory, lane), directory, field.Mount.Socket, field.Record($"{directory}.lane{lane}")))];
        _rounds.Clear();
        _events.Clear();
        (Worker Worker, string Difference)? failed = null;
        try
        {
            for (int done = 0; done < operations && failed is null;)
            {
                int count = Math.Min(random.Next(20, 250), ((operations - done - 1) / workers.Count) + 1);
                failed = await AskAllAsync(workers, $"run {count}").ConfigureAwait(false);
                _rounds.Add(count);
                done += count * workers.Count;
                failed ??= await EventAsync(random, workers).ConfigureAwait(false);
            }

            if (failed is { } failure)
                await ReportAsync(seed, workers, failure.Worker, failure.Difference).ConfigureAwait(false);
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }

        if (failed is not null)
            return false;
        field.Remove(directory);
        return true;
    }

    private static async Task<(Worker, string)?> AskAllAsync(List<Worker> workers, string command)
    {
        string?[] answers = await Task.WhenAll(workers.Select(worker => worker.AskAsync(command))).ConfigureAwait(false);
        int first = Array.FindIndex(answers, answer => answer is not null);
        return first < 0 ? null : (workers[first], answers[first]!);
    }

    private async Task<(Worker, string)?> EventAsync(Random random, List<Worker> workers)
    {
        int drawn = random.Next(100);
        switch (drawn)
        {
            case < 9:
                _events.Add(new Operation(OperationKind.Remount));
                await AskAllAsync(workers, "close").ConfigureAwait(false);
                if (await AskAllAsync(workers, "remember").ConfigureAwait(false) is { } unreadable)
                    return unreadable;
                field.Mount.Unmount();
                field.Mount.Mount();

                // Before anything looks at contents: reading moves access times alone.
                if (await AskAllAsync(workers, "same").ConfigureAwait(false) is { } changed)
                    return changed;
                break;
            case < 18:
                _events.Add(new Operation(OperationKind.Kill));
                field.Mount.Kill();
                await AskAllAsync(workers, "close").ConfigureAwait(false);
                field.Mount.Mount();
                break;
            case < 34:
                OperationKind kind = (OperationKind)((int)OperationKind.Release + (drawn % 4));
                _events.Add(new Operation(kind));
                field.Mount.Transfer(MountOperations.Command(kind));
                break;
            default:
                _events.Add(null);
                break;
        }

        return await AskAllAsync(workers, "compare").ConfigureAwait(false);
    }

    private async Task ReportAsync(int seed, List<Worker> workers, Worker failed, string difference)
    {
        await output.WriteLineAsync($"difference with seed {seed}, lane {failed.Lane}, after {failed.Done().Count} operations of it:").ConfigureAwait(false);
        await output.WriteLineAsync($"{(failed.Done().LastOrDefault() is { } last ? last.ToString() : "")}\n{difference}").ConfigureAwait(false);
        List<Operation> whole = Merge(workers, _ => true), alone = Merge(workers, worker => worker == failed);
        workers.ForEach(worker => worker.Dispose());
        workers.Clear();
        await new FailureReport(options, field, output).WriteAsync($"seed {seed}", [alone, whole], MakeLane).ConfigureAwait(false);
    }

    private IScriptLane MakeLane(string directory, int lane) => Make(field, directory, lane);

    /// <summary>A lane on fresh directories, for a script.</summary>
    internal static IScriptLane Make(Field field, string directory, int lane)
    {
        (string reference, string mounted) = field.LaneDirectories(directory, lane);
        return new Lane(new Side(reference), new Side(mounted));
    }

    // One sequence of what ran at the same time: the lanes one after the other in each round, then the event, then the comparison.
    private List<Operation> Merge(List<Worker> workers, Func<Worker, bool> isWanted)
    {
        List<Operation> script = [];
        var done = workers.Where(isWanted).Select(worker => new Queue<Operation>(worker.Done())).ToList();
        for (int round = 0; round < _rounds.Count; round++)
        {
            foreach (Queue<Operation> lane in done)
            {
                for (int i = 0; i < _rounds[round] && lane.Count > 0; i++)
                    script.Add(lane.Dequeue());
            }

            if (round >= _events.Count)
                continue;
            if (_events[round] is { } happened)
            {
                // A task of everything is one task for each lane in a script.
                script.AddRange(happened.Kind is OperationKind.Remount or OperationKind.Kill
                    ? [happened]
                    : workers.Where(isWanted).Select(worker => happened with { Lane = worker.Lane }));
            }

            script.Add(new Operation(OperationKind.Compare));
        }

        return script;
    }
}
