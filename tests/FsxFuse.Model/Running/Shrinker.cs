using System.Diagnostics;

namespace FsxFuse.Model;

/// <summary>Delta debugging: leaves out of a failing script whatever it fails without, running what is left each time.</summary>
/// <param name="run">Runs a script in fresh directories.</param>
internal sealed class Shrinker(Func<IReadOnlyList<Operation>, Failure?> run, TimeSpan patience)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Scripts tried.</summary>
    internal int Attempts { get; private set; }

    /// <summary>A shorter script that fails in the same kind of operation, and how; null if the whole does not fail again.</summary>
    internal (IReadOnlyList<Operation> Script, Failure Failure)? Shrink(IReadOnlyList<Operation> script)
    {
        if (Try(script, null) is not { } failure)
            return null;
        List<Operation> shortest = [.. script.Take(failure.Index + 1)];
        for (int size = Math.Max(shortest.Count / 2, 1); ; size = Math.Max(size / 2, 1))
        {
            bool shrank = false;
            for (int start = shortest.Count - 1 - size; start > -size && _clock.Elapsed < patience; start -= size)
            {
                List<Operation> candidate = [.. shortest.Take(Math.Max(start, 0)), .. shortest.Skip(Math.Max(start, 0) + size + Math.Min(start, 0))];
                if (candidate.Count == shortest.Count || Try(candidate, failure.Operation.Kind) is not { } again)
                    continue;
                shortest = [.. candidate.Take(again.Index + 1)];
                failure = again;
                shrank = true;
                start = Math.Min(start, shortest.Count - 1);
            }

            if (_clock.Elapsed >= patience || (size == 1 && !shrank))
                return (shortest, failure);
        }
    }

    private Failure? Try(IReadOnlyList<Operation> script, OperationKind? kind)
    {
        Attempts++;
        return run(script) is { } failure && (kind is null || failure.Operation.Kind == kind) ? failure : null;
    }
}
